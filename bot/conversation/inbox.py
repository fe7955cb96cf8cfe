"""Open a delivery's turn under the conversation's lock, and keep its reply for redeliveries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.conversation.models import Conversation, InboxMessage

INSERTS: Mapping[str, Any] = MappingProxyType(
    {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
)


class AnsweredMeanwhileError(Exception):
    """Another delivery of the same key committed first: this turn must leave no trace."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A locked conversation; `is_known` where this delivery's key has its reply already."""

    conversation: Conversation
    is_known: bool
    reply: Any


def open_turn(session: Session, key: str, user_id: str, now: datetime) -> Opened:
    """Lock the conversation until the commit and look the key up, in one statement.

    Deliveries of one person wait here for each other. What a waiting one reads of the inbox may
    be as old as its waiting; `keep` finds out.
    """
    given = {"user_id": user_id, "memory": {}, "updated_at": now, "asked": key}
    fresh = {"populate_existing": True}
    row = session.execute(_opening(_dialect(session)), given, execution_options=fresh).one()
    return Opened(row[0], row.known is not None, row.reply)


def remembered(session: Session, key: str) -> Any:
    """The reply that the first delivery got."""
    return session.scalar(sa.select(InboxMessage.reply).where(InboxMessage.key == key))


def keep(session: Session, key: str, user_id: str, reply: Any, now: datetime) -> None:
    """Make the delivery count, once; raises AnsweredMeanwhileError when another one did."""
    given = {"key": key, "user_id": user_id, "received_at": now, "reply": reply}
    if session.connection().execute(_keeping(_dialect(session)), given).first() is None:
        raise AnsweredMeanwhileError


@cache
def _opening(dialect: str) -> Any:
    """Built once: these two statements run for every message."""
    asked = InboxMessage.key == sa.bindparam("asked")
    insert = INSERTS[dialect](Conversation)
    return insert.on_conflict_do_update(
        index_elements=["user_id"], set_={"updated_at": insert.excluded.updated_at}
    ).returning(
        Conversation,
        sa.select(InboxMessage.key).where(asked).scalar_subquery().label("known"),
        sa.select(InboxMessage.reply).where(asked).scalar_subquery().label("reply"),
    )


@cache
def _keeping(dialect: str) -> Any:
    table = InboxMessage.__table__
    insert = INSERTS[dialect](table)
    return insert.on_conflict_do_nothing(index_elements=["key"]).returning(table.c.key)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
