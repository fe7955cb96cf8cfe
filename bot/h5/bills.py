"""The bills of one account, for the resident who asked for them."""

from flask import render_template
from flask.typing import ResponseReturnValue

from handlers.billing.models import Bill
from handlers.desk import Desk
from handlers.tickets.models import ShortLink


def page(desk: Desk, link: ShortLink) -> ResponseReturnValue:
    rows = desk.session.query(Bill).filter_by(customer_id=int(link.record)).order_by(Bill.period)
    return render_template("h5/bills.html", bills=list(rows))
