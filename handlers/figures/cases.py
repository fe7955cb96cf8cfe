"""Read what the figures need of tickets: a handful of queries for many of them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload

from config.clock import CHINA
from handlers.figures.rules import Case, Word
from handlers.surveys.models import Survey
from handlers.tickets.models import Action, Promise, Ticket, TicketEvent

REPEATED_WITHIN = timedelta(days=30)


@dataclass(slots=True)
class History:
    """What the events of one ticket say beside its columns."""

    last_id: int = 0
    reopened_at: datetime | None = None
    actions: Counter[str] = field(default_factory=Counter)


def read(session: Session, ids: Sequence[int]) -> list[tuple[Ticket, Case, int]]:
    """Each ticket with its case and the id of its last event, by id."""
    query = sa.select(Ticket).where(Ticket.id.in_(ids)).options(lazyload(Ticket.assignee))
    tickets = session.scalars(query.order_by(Ticket.id)).all()
    histories = _histories(session, ids)
    words = {
        survey.ticket_id: Word(
            survey.answered_at is not None,
            survey.score,
            survey.is_solved,
            survey.was_in_time,
            survey.attitude,
        )
        for survey in session.scalars(
            sa.select(Survey).where(Survey.ticket_id.in_(ids), Survey.sent_at.is_not(None))
        )
    }
    promises = _promises(session, ids)
    repeats = _repeats(session, tickets)
    found = []
    for ticket in tickets:
        history = histories.get(ticket.id, History())
        case = Case(
            state=ticket.state,
            category=ticket.category,
            started_at=history.reopened_at or min(ticket.reported_at, ticket.created_at),
            due={s: datetime.fromisoformat(due).astimezone(CHINA) for s, due in ticket.due.items()},
            contacted_at=ticket.first_contact_at,
            arrived_at=ticket.arrived_at,
            resolved_at=ticket.resolved_at,
            reopened=history.actions[Action.REOPEN],
            urged=history.actions[Action.URGE],
            is_repeat=ticket.id in repeats,
            word=words.get(ticket.id),
            promises=tuple(promises.get(ticket.id, ())),
        )
        found.append((ticket, case, history.last_id))
    return found


def _histories(session: Session, ids: Sequence[int]) -> dict[int, History]:
    rows = session.execute(
        sa.select(
            TicketEvent.ticket_id,
            TicketEvent.action,
            sa.func.count(),
            sa.func.max(TicketEvent.id),
            sa.func.max(TicketEvent.at),
        )
        .where(TicketEvent.ticket_id.in_(ids))
        .group_by(TicketEvent.ticket_id, TicketEvent.action)
    )
    found: dict[int, History] = defaultdict(History)
    for ticket_id, action, count, last_id, last_at in rows:
        history = found[ticket_id]
        history.actions[action] = count
        history.last_id = max(history.last_id, last_id)
        if action == Action.REOPEN:
            history.reopened_at = last_at
    return found


def _promises(
    session: Session, ids: Sequence[int]
) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """What was promised and not replaced, of each ticket."""
    query = sa.select(Promise.ticket_id, Promise.promised_at, Promise.kept_at).where(
        Promise.ticket_id.in_(ids), Promise.superseded_at.is_(None)
    )
    found: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for ticket_id, promised_at, kept_at in session.execute(query):
        if ticket_id is not None:
            found[ticket_id].append((promised_at, kept_at))
    return found


def _repeats(session: Session, tickets: Sequence[Ticket]) -> set[int]:
    """Tickets before which the same household had one of the category within 30 days.

    The child of a bad mark is the same request, not another.
    """
    return {
        ticket.id
        for ticket in tickets
        if ticket.parent_id is None and session.scalar(_earlier(ticket)) is not None
    }


def _earlier(ticket: Ticket) -> sa.Select[int]:
    same = [
        column == value
        for column, value in (
            (Ticket.openid, ticket.openid),
            (Ticket.account_index, ticket.account_index),
        )
        if value
    ]
    return (
        sa.select(Ticket.id)
        .where(
            sa.or_(sa.false(), *same),
            Ticket.category == ticket.category,
            Ticket.id < ticket.id,
            Ticket.parent_id.is_(None),
            Ticket.created_at >= ticket.created_at - REPEATED_WITHIN,
        )
        .limit(1)
    )
