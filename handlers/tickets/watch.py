"""What the timers look after: deadlines, tickets nobody takes, danger, silence, promises."""

from datetime import timedelta

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.tickets import service
from handlers.tickets.deadline_warnings import warn_due
from handlers.tickets.escalation import escalate_unaccepted, page_again
from handlers.tickets.models import State, Ticket
from handlers.tickets.promises import warn_promises

__all__ = ["close_silent", "escalate_unaccepted", "page_again", "warn_due", "warn_promises"]

LIMIT = 200


def close_silent(desk: Desk) -> int:
    """Close what was resolved 72 hours ago and nobody spoke of since; returns how many.

    No answer stays no answer: nothing is written as a mark.
    """
    hours = desk.tables.routing.rules.silence_close_hours
    before = desk.now - timedelta(hours=hours)
    query = (
        sa.select(Ticket)
        .where(
            Ticket.state == State.RESOLVED,
            Ticket.resolved_at <= before,
            Ticket.updated_at <= before,
        )
        .order_by(Ticket.id)
        .limit(LIMIT)
    )
    tickets = desk.session.scalars(query.with_for_update(of=Ticket, skip_locked=True)).all()
    for ticket in tickets:
        service.close(desk, ticket, by="gridbot", text=f"办结后{hours}小时没有新的消息，自动关闭")
    return len(tickets)
