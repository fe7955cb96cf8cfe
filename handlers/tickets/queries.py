"""What is asked of the tickets by many: those not over, those where somebody said some words."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from handlers.tickets.indexes import pairs
from handlers.tickets.models import State, Ticket
from handlers.tickets.rules import ACTIVE

SEARCHED = 50_000  # newest tickets read where no index serves: bounds the time


def is_active() -> sa.ColumnElement[bool]:
    """Not over yet. The states stand in the statement itself, so that partial indexes serve it."""
    states: sa.BindParameter[list[State]] = sa.bindparam(
        "active", sorted(ACTIVE), expanding=True, literal_execute=True
    )
    return Ticket.state.in_(states)


def says(session: Session, words: str) -> sa.ColumnElement[bool]:
    """Each of the words (spaces part them) stands in the masked text or the place."""
    wanted = words.split() or [words]
    found = [
        sa.or_(
            Ticket.masked_text.contains(word, autoescape=True),
            Ticket.place_text.contains(word, autoescape=True),
        )
        for word in wanted
    ]
    spoken = sorted({pair for word in wanted for pair in pairs(word)})
    if spoken and session.get_bind().dialect.name == "postgresql":
        known = sa.func.ticket_grams(
            Ticket.masked_text, Ticket.place_text, type_=ARRAY(sa.Text)
        ).contains(spoken)
        return sa.and_(known, *found)
    newest = sa.select(sa.func.max(Ticket.id)).scalar_subquery()
    return sa.and_(Ticket.id > newest - SEARCHED, *found)


def plan_afresh(session: Session) -> None:
    """Let PostgreSQL plan each query of this transaction by its values.

    A plan kept for any value would read the whole table for words that nobody said.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL plan_cache_mode = force_custom_plan"))
