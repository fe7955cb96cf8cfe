"""Surveys sent and what residents answered."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, BigKey, Moment, Sealed


class Survey(Base):
    """One survey a ticket; no answer stays no answer. `round` 2 follows a bad mark's child."""

    __tablename__ = "surveys"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("tickets.id"), unique=True)
    openid: Mapped[str | None] = mapped_column(index=True)
    household_key: Mapped[str | None] = mapped_column(index=True)
    round: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    score: Mapped[int | None]
    is_solved: Mapped[bool | None]
    was_in_time: Mapped[bool | None]
    attitude: Mapped[int | None]
    comment: Mapped[str | None] = mapped_column(Sealed)
    skipped_because: Mapped[str] = mapped_column(default="")
    child_ticket_id: Mapped[int | None] = mapped_column(BigKey)
    answered_from: Mapped[str] = mapped_column(default="")
    flags: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
