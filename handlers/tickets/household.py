"""The household whose one matter an open ticket is: told again by anyone of it, it is found."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.database import blind
from handlers.grid.places import Where
from handlers.tickets.models import Category, Ticket
from handlers.tickets.rules import household_text
from notifier.locks import exclusive

# What everyone of a household may ask about; money and applications are one person's.
REPAIRS = (Category.HAZARD, Category.OUTAGE, Category.FAULT, Category.POWER_QUALITY)


def key_of(
    session: Session, community_code: str | None, building: str, room: str, category: str
) -> str | None:
    """A keyed fingerprint of household and matter; None where the household is not known."""
    if not (community_code and building and room):
        return None
    return blind(session, household_text(community_code, building, room, category), "household")


def holder(session: Session, key: str) -> Ticket | None:
    """The open ticket that answers for a household; who asks at the same time waits."""
    exclusive(session, f"household:{key}")
    return session.scalar(sa.select(Ticket).where(Ticket.subject_key == key))


def repair_at(session: Session, where: Where) -> Ticket | None:
    """The newest open repair of a household, whoever of it reported; None where none is open."""
    keys = [
        key_of(session, where.community_code, where.building, where.room, category)
        for category in REPAIRS
    ]
    query = sa.select(Ticket).where(Ticket.subject_key.in_([key for key in keys if key]))
    return session.scalar(query.order_by(Ticket.id.desc()).limit(1))


def claim(session: Session, ticket: Ticket) -> None:
    """Let an open ticket answer for the household it is at now, unless another one does."""
    ticket.subject_key = None
    if ticket.keeps_apart:
        return
    room = (ticket.address or "").removeprefix(ticket.building)[1:]  # after 栋, 组 or 号
    key = key_of(session, ticket.community_code, ticket.building, room, ticket.category)
    if key is None:
        return
    session.flush()  # its own old key must not stand in the way
    if holder(session, key) is None:
        ticket.subject_key = key
