"""Applications and the stages they pass."""

from datetime import datetime
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
