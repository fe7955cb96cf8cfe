"""Whose data is meant: a resident by openid, or an account holder by account number."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from config.database import blind
from handlers.customers.models import Binding, Customer, Resident
from handlers.customers.service import find_by_account
from handlers.desk import Desk
from handlers.errors import NotFoundError
from handlers.tickets.models import Ticket

UNKNOWN = "没有这个 openid 或户号的资料。"


@dataclass(frozen=True, slots=True)
class Subject:
    """One person; `account_index` is the blind index under which tickets name the account."""

    openids: tuple[str, ...]
    customer: Customer | None
    account_index: str | None

    def owns_ticket(self) -> sa.ColumnElement[bool]:
        """The condition that a ticket is about this person."""
        clauses: list[sa.ColumnElement[bool]] = [Ticket.openid.in_(self.openids)]
        if self.account_index is not None:
            clauses.append(Ticket.account_index == self.account_index)
        return sa.or_(*clauses)


def find(desk: Desk, who: str, *, with_residents: bool = False) -> Subject:
    """The person of an openid or an account number; raises NotFoundError.

    An account's residents may be others than its holder (a family): they are included only
    when the caller says that they asked too.
    """
    session = desk.session
    if session.get(Resident, who) is not None:
        return Subject((who,), None, None)
    customer = find_by_account(desk, who)
    index = blind(session, who, "account")
    bound: tuple[str, ...] = ()
    if customer is not None and with_residents:
        query = sa.select(Binding.openid).where(Binding.customer_id == customer.id)
        bound = tuple(session.scalars(query))
    if customer is None and not _is_named(desk, who, index):
        raise NotFoundError(UNKNOWN)
    if customer is None and not who.isdigit():
        return Subject((who,), None, None)
    return Subject(bound, customer, index)


def _is_named(desk: Desk, who: str, index: str) -> bool:
    """Whether a ticket names an openid or an account that has no row of its own."""
    clause = sa.or_(Ticket.openid == who, Ticket.account_index == index)
    return desk.session.scalar(sa.select(Ticket.id).where(clause).limit(1)) is not None


def plain(row: Any, *hidden: str) -> dict[str, Any]:
    """A row's columns as JSON shows them, but for those that are our own inner marks."""
    shown: dict[str, Any] = {}
    for column in sa.inspect(type(row)).columns:
        if column.key in hidden or column.key.endswith("_index"):
            continue
        value = getattr(row, column.key)
        shown[column.key] = value.isoformat() if hasattr(value, "isoformat") else value
    return shown
