"""One person's data in a form that can be read and carried elsewhere (PIPL art. 45)."""

from typing import Any

import sqlalchemy as sa

from handlers.applications.models import Draft
from handlers.billing.models import Bill
from handlers.customers.models import Binding, Customer, Resident
from handlers.desk import Desk
from handlers.outages.models import OutageSubscriber
from handlers.privacy.subject import Subject, plain
from handlers.surveys.models import Survey
from handlers.tickets.models import Media, ShortLink, Ticket
from notifier.models import OutboxMessage

INNER = (
    "subject_key",
    "keeps_apart",
    "version",
    "masked_text",
    "escalation_level",
    "warned_percent",
)


def export(desk: Desk, subject: Subject) -> dict[str, Any]:
    """Everything the business keeps of this person, by kind."""
    of_openid = _Rows(desk, subject.openids)
    return {
        "exported_at": desk.now.isoformat(),
        "residents": of_openid.all(Resident, "window_until", "window_left"),
        "bindings": [_binding(desk, row) for row in _bindings(desk, subject)],
        "accounts": [plain(subject.customer)] if subject.customer else [],
        "bills": _bills(desk, subject),
        "tickets": [_ticket(row) for row in _tickets(desk, subject)],
        "surveys": of_openid.all(Survey, "household_key"),
        "drafts": of_openid.all(Draft),
        "media": of_openid.all(Media, "path", "media_id"),
        "links": of_openid.all(ShortLink, "token"),
        "outages_followed": of_openid.all(OutageSubscriber),
        "messages_sent": _messages(desk, subject),
    }


class _Rows:
    """The rows of a table that name one of the openids."""

    def __init__(self, desk: Desk, openids: tuple[str, ...]) -> None:
        self._desk = desk
        self._openids = openids

    def all(self, table: Any, *hidden: str) -> list[dict[str, Any]]:
        query = sa.select(table).where(table.openid.in_(self._openids))
        return [plain(row, *hidden) for row in self._desk.session.scalars(query)]


def _bindings(desk: Desk, subject: Subject) -> list[Binding]:
    clauses: list[sa.ColumnElement[bool]] = [Binding.openid.in_(subject.openids)]
    if subject.customer is not None:
        clauses.append(Binding.customer_id == subject.customer.id)
    return list(desk.session.scalars(sa.select(Binding).where(sa.or_(*clauses))))


def _binding(desk: Desk, binding: Binding) -> dict[str, Any]:
    customer = desk.session.get_one(Customer, binding.customer_id)
    return plain(binding, "customer_id") | {"account_number": customer.account_number}


def _bills(desk: Desk, subject: Subject) -> list[dict[str, Any]]:
    if subject.customer is None:
        return []
    query = sa.select(Bill).where(Bill.customer_id == subject.customer.id).order_by(Bill.period)
    return [plain(row) for row in desk.session.scalars(query)]


def _tickets(desk: Desk, subject: Subject) -> list[Ticket]:
    query = sa.select(Ticket).where(subject.owns_ticket()).order_by(Ticket.id)
    return list(desk.session.scalars(query))


def _ticket(ticket: Ticket) -> dict[str, Any]:
    """Notes among staff are the utility's own; what was said to the resident is his."""
    timeline = [plain(event, "facts") for event in ticket.events if event.is_public]
    return plain(ticket, *INNER) | {"timeline": timeline}


def _messages(desk: Desk, subject: Subject) -> list[dict[str, Any]]:
    query = sa.select(OutboxMessage).where(OutboxMessage.target.in_(subject.openids))
    shown = ("channel", "kind", "payload", "state", "created_at", "sent_at")
    rows = [plain(row) for row in desk.session.scalars(query.order_by(OutboxMessage.id))]
    return [{name: row[name] for name in shown} for row in rows]
