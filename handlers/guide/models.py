"""Questions the guide could not answer and messages for the review page."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, BigKey, Moment


class UnansweredQuestion(Base):
    __tablename__ = "unanswered_questions"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    masked_text: Mapped[str]
    intent: Mapped[str] = mapped_column(default="")
    audience: Mapped[str] = mapped_column(default="resident")
    asked_at: Mapped[datetime] = mapped_column(Moment)
    count: Mapped[int] = mapped_column(default=1)
    resolved_by: Mapped[str] = mapped_column(default="")


class ReviewItem(Base):
    """A message the engine was unsure of or that was corrected, personal data masked."""

    __tablename__ = "review_items"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    masked_text: Mapped[str]
    ranking: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    why: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    label: Mapped[str] = mapped_column(default="")
    labelled_by: Mapped[str] = mapped_column(default="")
    labelled_at: Mapped[datetime | None] = mapped_column(Moment)
