"""Claim a delivery under its key, and keep the reply for its redeliveries."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.conversation.models import Conversation, InboxMessage


def claim(session: Session, key: str, user_id: str, now: datetime) -> bool:
    """Whether this delivery is the first of its key; a simultaneous one waits here for the other."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = (
        insert(InboxMessage)
        .values(key=key, user_id=user_id, received_at=now, reply=None)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(InboxMessage.key)
    )
    return session.execute(statement).first() is not None


def remembered(session: Session, key: str) -> Any:
    """The reply that the first delivery got."""
    return session.scalar(sa.select(InboxMessage.reply).where(InboxMessage.key == key))


def keep(session: Session, key: str, reply: Any) -> None:
    session.execute(sa.update(InboxMessage).where(InboxMessage.key == key).values(reply=reply))


def lock_conversation(session: Session, user_id: str, now: datetime) -> Conversation:
    """The conversation's row, locked until the commit; made at the first word."""
    query = sa.select(Conversation).where(Conversation.user_id == user_id).with_for_update()
    found = session.scalar(query)
    if found is not None:
        return found
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(
        insert(Conversation)
        .values(user_id=user_id, memory={}, updated_at=now)
        .on_conflict_do_nothing(index_elements=["user_id"])
    )
    return session.scalars(query).one()
