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


class CommunityEvent(Base):
    """进社区活动: what its people say there belongs to it. `code_url` is what its QR code holds."""

    __tablename__ = "community_events"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    station_code: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    community_codes: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)
    code_url: Mapped[str] = mapped_column(default="")


class EventOpinion(Base):
    """A suggestion that was made at an event."""

    __tablename__ = "event_opinions"

    ticket_id: Mapped[int] = mapped_column(
        BigKey, sa.ForeignKey("tickets.id"), primary_key=True, autoincrement=False
    )
    event_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("community_events.id"), index=True)


class Poll(Base):
    """A question to the people of some communities, open until `closes_at`."""

    __tablename__ = "polls"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    station_code: Mapped[str] = mapped_column(index=True)
    question: Mapped[str]
    options: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    community_codes: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    closes_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)
    code_url: Mapped[str] = mapped_column(default="")


class PollVote(Base):
    """One vote of one person, who is known by a fingerprint alone: nobody reads who voted what."""

    __tablename__ = "poll_votes"

    poll_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("polls.id"), primary_key=True)
    voter: Mapped[str] = mapped_column(primary_key=True)
    choice: Mapped[int]
    voted_at: Mapped[datetime] = mapped_column(Moment)
