"""Outages, their steps, whom they concern, suspected incidents, and tasks to phone people."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config.database import Base, BigKey, Moment


class Kind(StrEnum):
    PLANNED = "planned"
    TEMPORARY = "temporary"
    FAULT = "fault"
    RESTRICTION = "restriction"


class OutageState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    UNDER_WAY = "under_way"
    RESTORED = "restored"
    CANCELLED = "cancelled"
    ARCHIVED = "archived"


class Step(StrEnum):
    """What people are told about an outage; each once for each outage, recipient and step."""

    PUBLICATION = "publication"
    DAY_BEFORE = "day_before"
    HALF_HOUR_BEFORE = "half_hour_before"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    RESTORATION = "restoration"


class Outage(Base):
    """`starts_at`/`ends_at` are the window as it now stands; the first one stays in the events."""

    __tablename__ = "outages"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    outage_code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=OutageState.DRAFT, index=True)
    starts_at: Mapped[datetime] = mapped_column(Moment, index=True)
    ends_at: Mapped[datetime] = mapped_column(Moment, index=True)
    reason: Mapped[str] = mapped_column(default="")
    slot_reason: Mapped[str] = mapped_column(default="")
    late_reason: Mapped[str] = mapped_column(default="")
    waiver: Mapped[str] = mapped_column(default="")
    created_by: Mapped[str] = mapped_column(default="")
    approved_by: Mapped[str] = mapped_column(default="")
    published_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    restored_at: Mapped[datetime | None] = mapped_column(Moment)
    estimate_as_of: Mapped[datetime | None] = mapped_column(Moment)
    change_count: Mapped[int] = mapped_column(default=0)
    is_imported: Mapped[bool] = mapped_column(default=False)
    incident_id: Mapped[int | None] = mapped_column(BigKey)
    parent_code: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    areas: Mapped[list["OutageArea"]] = relationship(
        back_populates="outage", cascade="all, delete-orphan", lazy="selectin"
    )
    events: Mapped[list["OutageEvent"]] = relationship(
        back_populates="outage", order_by="OutageEvent.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class OutageArea(Base):
    __tablename__ = "outage_areas"

    outage_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("outages.id"), primary_key=True)
    area_code: Mapped[str] = mapped_column(
        sa.ForeignKey("transformer_areas.area_code"), primary_key=True, index=True
    )

    outage: Mapped[Outage] = relationship(back_populates="areas")


class OutageEvent(Base):
    """What happened to an outage: drafted, approved, published, changed, delayed, early, …"""

    __tablename__ = "outage_events"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    outage_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("outages.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    action: Mapped[str]
    by: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)

    outage: Mapped[Outage] = relationship(back_populates="events")


class OutageStep(Base):
    """A step that was expanded into messages; unique, so that no group is told twice."""

    __tablename__ = "outage_steps"
    __table_args__ = (sa.UniqueConstraint("outage_id", "step", "sequence"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    outage_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("outages.id"))
    step: Mapped[str]
    sequence: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(Moment)
    expanded_until: Mapped[str] = mapped_column(default="")
    is_expanded: Mapped[bool] = mapped_column(default=False, index=True)


class OutageTrouble(Base):
    """A piece of the clock's work that failed (see timers.py); gone once it succeeds."""

    __tablename__ = "outage_troubles"

    work: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    outage_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    failures: Mapped[int]
    error: Mapped[str] = mapped_column(default="")
    next_try_at: Mapped[datetime] = mapped_column(Moment)


class OutageSubscriber(Base):
    """A resident who asked about or reported an outage and is told of its end.

    `answer` is what the resident said when asked whether power is back (see last_metre.py).
    """

    __tablename__ = "outage_subscribers"

    outage_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("outages.id"), primary_key=True)
    openid: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    community_code: Mapped[str | None]
    building: Mapped[str] = mapped_column(default="")
    area_code: Mapped[str | None]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(Moment)


class Incident(Base):
    """A suspected outage of one transformer area, from several reports within minutes."""

    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    area_code: Mapped[str] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="suspected", index=True)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    reports: Mapped[int] = mapped_column(default=0)
    probability: Mapped[float] = mapped_column(default=0.0)
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    parent_ticket_id: Mapped[int | None] = mapped_column(BigKey)
    outage_code: Mapped[str | None]
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)


class PhoneTask(Base):
    """A household to phone or visit about an outage; `done_at` with a note is the proof."""

    __tablename__ = "phone_tasks"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    outage_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("outages.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(BigKey)
    community_code: Mapped[str | None]
    building: Mapped[str] = mapped_column(default="")
    households: Mapped[int] = mapped_column(default=1)
    why: Mapped[str]
    assignee_userid: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by: Mapped[str] = mapped_column(default="")
    proof: Mapped[str] = mapped_column(default="")
