"""Pages of the queue: each begins after the last row of the one before, however far down.

`after` in the address: `P2-1764130000000000-123` (priority, deadline in microseconds since 1970,
id) where the most urgent come first, `123` (id) where the newest do.
"""

import re
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from handlers.tickets.models import Ticket

URGENT, NEWEST = re.compile(r"(P[0-3])-(\d{1,16})?-(\d{1,18})"), re.compile(r"\d{1,18}")
BEGAN, TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def order(query: sa.Select[Ticket], after: str, *, newest_first: bool) -> sa.Select[Ticket]:
    """The query in its order, from after that row on; a mark that is none of ours is the start."""
    if newest_first:
        query = query.order_by(Ticket.id.desc())
        return query.where(Ticket.id < int(after)) if NEWEST.fullmatch(after) else query
    query = query.order_by(Ticket.priority, sa.nulls_last(Ticket.next_due_at.asc()), Ticket.id)
    match = URGENT.fullmatch(after)
    return query if match is None else query.where(*_less_urgent(*match.groups()))


def mark(ticket: Ticket, *, newest_first: bool) -> str:
    """Where the page after this row begins."""
    if newest_first:
        return str(ticket.id)
    due = "" if ticket.next_due_at is None else (ticket.next_due_at - BEGAN) // TICK
    return f"{ticket.priority}-{due}-{ticket.id}"


def _less_urgent(
    priority: str, microseconds: str | None, last: str
) -> tuple[sa.ColumnElement[bool], ...]:
    due, later_id = Ticket.next_due_at, Ticket.id > int(last)
    if microseconds is None:
        later = sa.and_(due.is_(None), later_id)
    else:
        moment = BEGAN + int(microseconds) * TICK
        later = sa.or_(due > moment, due.is_(None), sa.and_(due == moment, later_id))
    further = sa.or_(Ticket.priority > priority, sa.and_(Ticket.priority == priority, later))
    return Ticket.priority >= priority, further  # the first is what an index can begin at
