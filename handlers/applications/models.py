"""Applications and the stages they pass."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, BigKey, Moment, SealedJson


class Draft(Base):
    """A form being filled in, kept for days so that it can be resumed."""

    __tablename__ = "application_drafts"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    openid: Mapped[str] = mapped_column(index=True)
    service: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(SealedJson, default=dict)
    saved_at: Mapped[datetime] = mapped_column(Moment)


class ApplicationStage(Base):
    """One stage of a ticket that is an application, with its working-day clock."""

    __tablename__ = "application_stages"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("tickets.id"), index=True)
    leg: Mapped[str] = mapped_column(default="")
    stage: Mapped[str]
    sequence: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(default="")


class PaperState(StrEnum):
    """Where one paper stands: not there yet, sent, looked at and good, to be sent again."""

    WANTED = "wanted"
    SENT = "sent"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class ApplicationPaper(Base):
    """One paper of an application; its pictures are the media of that `material`.

    `asked_at` is when it was last asked for or named, so that the next picture is of it.
    """

    __tablename__ = "application_papers"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("tickets.id"), index=True)
    name: Mapped[str]
    sequence: Mapped[int]
    pages: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default=PaperState.WANTED)
    reason: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
