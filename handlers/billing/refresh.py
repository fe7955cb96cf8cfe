"""Keep the tables fresh from a marketing system that is asked over the network.

A resident is answered from the tables at once; the question goes through the outbox, and what it
brings that is new is sent after. So a slow or silent system delays nobody.
"""

from typing import Any

import sqlalchemy as sa

from handlers.billing import statements
from handlers.billing.accounts import label
from handlers.billing.models import Bill
from handlers.billing.port import MonthBill, Statement
from handlers.billing.tables import statement_of
from handlers.billing.wording import number
from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.grid.places import Where
from handlers.tickets import links, words
from handlers.tickets.models import Category
from handlers.tickets.opening import Wish, open_ticket
from notifier.models import Channel
from notifier.outbox import NORMAL, Outgoing, put

MATTER = "您查的电费"
REMARKS = {"bill_answer": "查到了，点开看", "bill_unavailable": "客户经理查好告诉您"}
ASKED = "住户查电费，营销系统没有答复，请查好告诉住户"


def ask(desk: Desk, openid: str, customer: Customer, *, waits: bool) -> bool:
    """Have a statement fetched, at most once in `fresh_minutes`; False where none is remote.

    `waits`: the resident has not been answered from the tables.
    """
    rules = desk.tables.bills
    if not rules.is_remote:
        return False
    slot = int(desk.now.timestamp()) // (rules.fresh_minutes * 60)
    question = Outgoing(
        channel=Channel.MARKETING,
        target=str(customer.id),
        kind="statement",
        payload={"openid": openid, "waits": waits},
        key=f"statement:{customer.id}:{openid}:{slot}:{int(waits)}",
        priority=NORMAL,
    )
    put(desk.session, [question], now=desk.now)
    return True


def take(desk: Desk, customer_id: int, statement: Statement, openid: str, *, waits: bool) -> bool:
    """Store what was fetched, and tell the resident what is new; whether anything was."""
    customer = desk.session.get_one(Customer, customer_id)
    if not store(desk, customer, statement) and not waits:
        return False
    _tell(desk, openid, "bill_answer", customer, _facts(desk, customer))
    return True


def store(desk: Desk, customer: Customer, statement: Statement) -> bool:
    """Write a statement into the tables; whether it changed them. What it lacks is kept."""
    before = statement_of(desk, customer)
    customer.tariff = statement.kind
    customer.balance = f"{statement.balance:.2f}"
    customer.arrears_cut = statement.is_cut
    known = {bill.period: bill for bill in before.bills}
    news = [bill for bill in statement.bills if known.get(bill.period) != bill]
    desk.session.execute(
        sa.delete(Bill).where(
            Bill.customer_id == customer.id, Bill.period.in_([bill.period for bill in news])
        )
    )
    desk.session.add_all(_row(customer.id, bill) for bill in news)
    desk.session.flush()
    return bool(news) or (before.balance, before.is_cut, before.kind) != (
        statement.balance,
        statement.is_cut,
        statement.kind,
    )


def give_up(desk: Desk, customer_id: int, openid: str) -> str:
    """The system stayed silent and the resident waits: a person answers; the ticket's number."""
    customer = desk.session.get_one(Customer, customer_id)
    ticket, is_new = open_ticket(
        desk,
        Wish(
            category=Category.BILLING,
            text=ASKED,
            intent="query_bill",
            openid=openid,
            community_code=customer.community_code,
            building=customer.building,
            room=customer.room or "",
            name=customer.name,
            phone=customer.phone,
            account_number=customer.account_number,
            fields={"kind": "unanswered"},
        ),
    )
    where = Where(customer.community_code, ticket.place_text, customer.building)
    said = words.taken_down(desk, ticket, where, is_new=is_new)
    _tell(desk, openid, "bill_unavailable", customer, {"said": said})
    return ticket.number


def _facts(desk: Desk, customer: Customer) -> dict[str, Any]:
    statement, tariffs = statement_of(desk, customer), desk.tables.tariff
    latest = statement.latest
    return {
        "label": label(desk, customer),
        "standing": statements.standing(tariffs, statement, desk.now),
        "month": statements.month(tariffs, statement, latest) if latest else statements.NO_BILLS,
    }


def _tell(desk: Desk, openid: str, kind: str, customer: Customer, facts: dict[str, Any]) -> None:
    """As words; once the window has closed, as a template with the page of the bills behind it."""
    message = Outgoing(
        channel=Channel.OFFICIAL_ACCOUNT,
        target=openid,
        kind=kind,
        payload={
            "text": desk.words.text(kind, "resident", facts),
            "link": links.make(desk, "bills", str(customer.id), openid=openid),
            "template": "bill",
            "values": {
                "matter": MATTER,
                "account": f"*{customer.account_tail}",
                "remark": REMARKS[kind],
                "time": f"{desk.now:%Y年%m月%d日 %H:%M}",
            },
        },
        key=f"{kind}:{customer.id}:{openid}:{desk.now:%Y%m%d%H%M%S%f}",
    )
    put(desk.session, [message], now=desk.now)


def _row(customer_id: int, bill: MonthBill) -> Bill:
    def energy(value: Any) -> str | None:
        return number(value) if value is not None else None

    return Bill(
        customer_id=customer_id,
        period=bill.period,
        kwh=number(bill.kwh),
        peak_kwh=energy(bill.peak_kwh),
        valley_kwh=energy(bill.valley_kwh),
        amount=f"{bill.amount:.2f}",
        tier_reached=bill.tier,
        due_on=bill.due_on.isoformat(),
        paid_on=bill.paid_on.isoformat() if bill.paid_on else None,
    )
