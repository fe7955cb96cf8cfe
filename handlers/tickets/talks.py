"""Talks that a person has taken over: prolonged while he writes, handed back when time is up."""

from datetime import timedelta

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.tickets import service
from handlers.tickets.models import Ticket

LIMIT = 200


def prolong(desk: Desk, ticket: Ticket, *, by: str) -> None:
    """Keep the bot quiet so many minutes from the last word of whoever took the talk over."""
    if ticket.takeover_userid != by or ticket.takeover_until is None:
        return
    if ticket.takeover_until > desk.now:
        minutes = desk.tables.routing.rules.takeover_minutes
        ticket.takeover_until = desk.now + timedelta(minutes=minutes)


def end_overdue(desk: Desk) -> int:
    """Hand back what nobody wrote in for the set time; the resident is told. Returns how many."""
    query = sa.select(Ticket).where(
        Ticket.takeover_until <= desk.now, Ticket.takeover_userid.is_not(None)
    )
    overdue = query.order_by(Ticket.id).limit(LIMIT).with_for_update(of=Ticket, skip_locked=True)
    tickets = desk.session.scalars(overdue).all()
    for ticket in tickets:
        service.hand_back(desk, ticket, by="gridbot")
    return len(tickets)
