"""Counts of tickets and satisfaction by station, grid or category."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.surveys.models import Survey
from handlers.tickets.models import State, Ticket
from handlers.tickets.rules import ACTIVE

SATISFIED = 4
KEYS: dict[str, Any] = {
    "station": Ticket.station_code,
    "grid": Ticket.grid_code,
    "category": Ticket.category,
}
DONE = (State.RESOLVED, State.CLOSED)


def by(
    desk: Desk, group: str, *, since: datetime | None = None, until: datetime | None = None
) -> list[dict[str, Any]]:
    """One row a key over the tickets created in the period; overdue are the open ones past due."""
    key = KEYS[group]
    counted = sa.select(
        key,
        sa.func.count(),
        sa.func.sum(sa.case((Ticket.state.in_(DONE), 1), else_=0)),
        sa.func.sum(
            sa.case((sa.and_(Ticket.state.in_(ACTIVE), Ticket.next_due_at < desk.now), 1), else_=0)
        ),
    ).group_by(key)
    scored = (
        sa.select(
            key,
            sa.func.count(),
            sa.func.sum(sa.case((Survey.score >= SATISFIED, 1), else_=0)),
        )
        .join(Survey, Survey.ticket_id == Ticket.id)
        .where(Survey.score.is_not(None))
        .group_by(key)
    )
    shares = {
        row[0]: row[2] / row[1] for row in desk.session.execute(_within(scored, since, until))
    }
    rows = desk.session.execute(_within(counted, since, until)).all()
    return [
        {"key": row[0], "created": row[1], "resolved": int(row[2]), "overdue": int(row[3])}
        | ({"satisfaction": round(shares[row[0]], 4)} if row[0] in shares else {})
        for row in sorted(rows, key=lambda row: row[0] or "")
    ]


def _within(
    query: sa.Select[Any], since: datetime | None, until: datetime | None
) -> sa.Select[Any]:
    if since is not None:
        query = query.where(Ticket.created_at >= since)
    if until is not None:
        query = query.where(Ticket.created_at < until)
    return query
