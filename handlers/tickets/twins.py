"""The same household, the same matter, near in time, by another door: proposed, never forced."""

from datetime import timedelta

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.tickets import service
from handlers.tickets.events import TicketOpened
from handlers.tickets.models import Action, Category, Ticket
from handlers.tickets.opening import record
from handlers.tickets.queries import is_active

# One and the same trouble is filed under any of these, as whoever took the call heard it.
REPAIRS = frozenset({Category.OUTAGE, Category.FAULT, Category.POWER_QUALITY})
FIELD = "possible_duplicate_of"
NEIGHBOURS = 200  # open tickets of one house that are looked through
FOUND = "可能和 {number} 是同一件事，请核对；是的话合并，两边都会答复。"
APART = "和 {number} 不是一件事，分开办。"


def propose(desk: Desk, event: TicketOpened) -> None:
    """Note on a new ticket that the same household already waits for this by another door."""
    ticket = desk.session.get_one(Ticket, event.ticket_id)
    if ticket.is_confidential or ticket.parent_id is not None:
        return
    other = _same(desk, ticket)
    if other is not None:
        ticket.fields = {**ticket.fields, FIELD: other.number}
        text = FOUND.format(number=other.number)
        record(desk, ticket, Action.NOTE, by="gridbot", text=text, is_public=False)


def proposed(desk: Desk, ticket: Ticket) -> Ticket | None:
    """The ticket this one may be the same as, while both are open and nobody has judged."""
    number = ticket.fields.get(FIELD)
    if not number:
        return None
    query = sa.select(Ticket).where(Ticket.number == number, is_active())
    return desk.session.scalar(query)


def keep_apart(desk: Desk, ticket: Ticket, *, by: str) -> None:
    """Somebody looked: they are two matters."""
    number = ticket.fields.get(FIELD)
    if number:
        ticket.fields = {key: value for key, value in ticket.fields.items() if key != FIELD}
        service.note(desk, ticket, by=by, text=APART.format(number=number))


def _same(desk: Desk, ticket: Ticket) -> Ticket | None:
    """By account or phone; else by the house, where the room is the same."""
    persons = [
        column == value
        for column, value in (
            (Ticket.account_index, ticket.account_index),
            (Ticket.phone_index, ticket.phone_index),
        )
        if value
    ]
    newest = _others(desk, ticket).order_by(Ticket.id.desc())
    if persons:
        found = desk.session.scalar(newest.where(sa.or_(*persons)).limit(1))
        if found is not None:
            return found
    if not (ticket.community_code and ticket.building and ticket.address):
        return None
    house = newest.where(
        Ticket.community_code == ticket.community_code, Ticket.building == ticket.building
    )
    neighbours = desk.session.scalars(house.limit(NEIGHBOURS))
    return next((one for one in neighbours if one.address == ticket.address), None)


def _others(desk: Desk, ticket: Ticket) -> sa.Select[Ticket]:
    """Open tickets of this matter that came lately by another door."""
    days = timedelta(days=desk.tables.routing.rules.same_matter_days)
    matters = REPAIRS if ticket.category in REPAIRS else {ticket.category}
    return sa.select(Ticket).where(
        Ticket.id != ticket.id,
        Ticket.source_channel != ticket.source_channel,
        Ticket.category.in_(matters),
        Ticket.created_at > desk.now - days,
        Ticket.is_confidential.is_(False),
        is_active(),
    )
