"""What makes a message count once, and what a conversation remembers."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, BigKey, Moment, Sealed, SealedJson


class InboxMessage(Base):
    """A delivery of a platform under its unique key, with the reply it got.

    A redelivery finds the row and gets the same reply; the row and all effects commit together.
    """

    __tablename__ = "inbox"

    key: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(index=True)
    received_at: Mapped[datetime] = mapped_column(Moment, index=True)
    reply: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)


class Conversation(Base):
    """One person's talk on one channel; `memory` is plain JSON that forms keep answers in.

    `turns` counts the messages: who finds it changed has waited for another one.
    """

    __tablename__ = "conversations"

    user_id: Mapped[str] = mapped_column(primary_key=True)
    memory: Mapped[dict[str, Any]] = mapped_column(SealedJson, default=dict)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    turns: Mapped[int] = mapped_column(default=0)


class Utterance(Base):
    """One line of a conversation, for the people who take it over; kept by the retention rule."""

    __tablename__ = "utterances"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    user_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)
    speaker: Mapped[str]
    text: Mapped[str] = mapped_column(Sealed)
    intent: Mapped[str] = mapped_column(default="")
    ticket_number: Mapped[str | None]

    __table_args__ = (sa.Index("ix_utterances_user_id_id", "user_id", "id"),)
