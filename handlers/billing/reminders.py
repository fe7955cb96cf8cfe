"""Remind residents, in private and in time, that supply may be cut for arrears."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from handlers.billing.accounts import label
from handlers.billing.models import Bill
from handlers.billing.wording import day, money, month_name
from handlers.customers.models import Binding, Customer, Resident
from handlers.desk import Desk
from handlers.tickets import links
from notifier import routing
from notifier.models import Channel, OutboxMessage
from notifier.outbox import PLANNED, Outgoing, put

KIND = "arrears_reminder"
PAID = "交清了，不用再提醒"
UNWANTED = "住户关了电费提醒"
MATTER = "电费未交提醒"
REMARK = "{cut}起可能停电，请尽快交"


def remind(desk: Desk) -> int:
    """Send every reminder that is on and was not sent yet; returns how many are new."""
    rules = desk.tables.arrears
    if not desk.tables.calendar.is_open(rules.calendar, desk.now):
        return 0
    due = {
        f"{KIND}:{customer.id}:{bill.period}:{step}:{resident.openid}": (customer, bill, resident)
        for customer, bill, resident in _owing(desk)
        if (step := rules.step(date.fromisoformat(bill.due_on), desk.now.date())) is not None
    }
    sent = set(
        desk.session.scalars(
            sa.select(OutboxMessage.dedupe_key).where(OutboxMessage.dedupe_key.in_(due))
        )
    )
    messages = [_message(desk, key, *one) for key, one in due.items() if key not in sent]
    return put(desk.session, messages, now=desk.now)


def outdated(session: Session, messages: Sequence[OutboxMessage]) -> dict[int, str]:
    """Why reminders should not go out any more, by id; delivery asks before it sends."""
    mine = {m.id: m for m in messages if m.kind == KIND}
    if not mine:
        return {}
    found = {}
    for number, message in mine.items():
        customer = session.get(Customer, message.payload["customer"])
        resident = session.get(Resident, message.target)
        if customer is None or Decimal(customer.balance) >= 0:
            found[number] = PAID
        elif resident is None or not resident.wants_bills:
            found[number] = UNWANTED
    return found


def _owing(desk: Desk) -> Iterator[tuple[Customer, Bill, Resident]]:
    """Accounts that owe and are not cut, with their oldest unpaid bill and who bound them."""
    rules, today = desk.tables.arrears, desk.now.date()
    first = today - timedelta(days=rules.cut_after_days)
    last = first + timedelta(days=max(rules.days_before))
    older = aliased(Bill)
    is_older = sa.exists().where(
        older.customer_id == Bill.customer_id,
        older.paid_on.is_(None),
        older.due_on < Bill.due_on,
    )
    query = (
        sa.select(Customer, Bill, Resident)
        .join(Bill, Bill.customer_id == Customer.id)
        .join(Binding, Binding.customer_id == Customer.id)
        .join(Resident, Resident.openid == Binding.openid)
        .where(
            Bill.paid_on.is_(None),
            Bill.due_on.between(first.isoformat(), last.isoformat()),
            Customer.balance.startswith("-"),
            ~Customer.arrears_cut,
            Resident.is_subscribed,
            Resident.wants_bills,
            ~is_older,
        )
        .order_by(Customer.id, Resident.openid)
    )
    for row in desk.session.execute(query):
        yield row[0], row[1], row[2]


def _message(desk: Desk, key: str, customer: Customer, bill: Bill, resident: Resident) -> Outgoing:
    cut = desk.tables.arrears.cut_day(date.fromisoformat(bill.due_on))
    when = "今天" if cut == desk.now.date() else day(cut)
    facts = {
        "label": label(desk, customer),
        "month": month_name(bill.period),
        "owed": money(-Decimal(customer.balance)),
        "cut": when,
    }
    return Outgoing(
        channel=Channel.OFFICIAL_ACCOUNT,
        target=resident.openid,
        kind=KIND,
        payload={
            "customer": customer.id,
            "text": desk.words.text(KIND, "resident", facts),
            "link": links.make(desk, "bills", str(customer.id), openid=resident.openid),
            "template": "bill",
            "values": {
                "matter": MATTER,
                "account": f"*{customer.account_tail}",
                "remark": REMARK.format(cut=when),
                "time": f"{desk.now:%Y年%m月%d日 %H:%M}",
            },
        },
        key=key,
        priority=PLANNED,
        due_at=routing.due_time(desk.now, resident.quiet_from, resident.quiet_until, urgent=False),
    )
