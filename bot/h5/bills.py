"""The bills of one account as a chart and a table, for the resident who asked for them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from handlers.billing import statements
from handlers.billing.port import MonthBill, Statement
from handlers.billing.recount import Recount, recount
from handlers.billing.tables import statement_of
from handlers.billing.tariff import TIERED
from handlers.billing.wording import money, number, tier_name
from handlers.customers import places
from handlers.customers import service as customers
from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.tickets.models import ShortLink

MONTHS = 12
UNBOUND_LIFE = timedelta(days=1)  # a proof without a binding opens the page for this long


def page(desk: Desk, link: ShortLink) -> ResponseReturnValue:
    """The last twelve months; the caller has checked that it is the link's own resident."""
    customer = _customer(desk, link)
    statement = statement_of(desk, customer)
    recent = statement.bills[-MONTHS:]
    profile = places.profile_of(desk, customer)
    return render_template(
        "h5/bills.html",
        account=profile.account,
        place=profile.place,
        owes=statement.balance < 0,
        standing=statements.standing(desk.tables.tariff, statement, desk.now),
        tier=_tier(desk, statement),
        months=[_row(bill) for bill in reversed(recent)],
        chart=_chart(recent),
    )


def _customer(desk: Desk, link: ShortLink) -> Customer:
    """The link's account, while it is bound to its resident or freshly proven."""
    mine = {one.id: one for one in customers.bound(desk, link.openid or "")}
    customer = mine.get(int(link.record))
    if customer is None and desk.now - link.created_at < UNBOUND_LIFE:
        customer = desk.session.get(Customer, int(link.record))
    if customer is None:
        abort(404)
    return customer


def _tier(desk: Desk, statement: Statement) -> dict[str, Any] | None:
    """Where the year stands on the ladder of tiers; None where there is none or it is not known."""
    bill = statement.latest
    if bill is None or statement.kind not in TIERED:
        return None
    counted = recount(desk.tables.tariff, statement.kind, statement.bills, bill)
    if counted is None or counted.used is None:
        return None
    return {
        "position": statements.tier_position(desk.tables.tariff, statement, bill),
        "used": number(counted.used),
        "limit": number(_limit(counted)),
        "name": tier_name(counted.charge.tier),
    }


def _limit(counted: Recount) -> Decimal:
    """The edge that the year is nearing; in the last tier the year itself."""
    left, used = counted.to_next_tier, counted.used or Decimal(0)
    return used + left if left is not None else used


def _row(bill: MonthBill) -> dict[str, Any]:
    return {
        "period": bill.period,
        "kwh": number(bill.kwh),
        "amount": money(bill.amount),
        "tier": tier_name(bill.tier) if bill.tier else "",
        "is_paid": bill.paid_on is not None,
        "paid_on": f"{bill.paid_on:%m-%d}" if bill.paid_on else "",
        "due_on": f"{bill.due_on:%m-%d}",
    }


def _chart(bills: tuple[MonthBill, ...]) -> dict[str, Any]:
    """The series of the chart; peak and valley where every month has both."""
    data: dict[str, Any] = {
        "months": [f"{bill.month}月" for bill in bills],
        "kwh": [float(bill.kwh) for bill in bills],
        "amount": [float(bill.amount) for bill in bills],
    }
    if bills and all(b.peak_kwh is not None and b.valley_kwh is not None for b in bills):
        data["peak"] = [float(bill.peak_kwh or 0) for bill in bills]
        data["valley"] = [float(bill.valley_kwh or 0) for bill in bills]
    return data
