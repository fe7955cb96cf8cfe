"""A ticket, its history, what was promised, its media and the links that lead to it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config.database import Base, BigKey, Moment, Sealed, SealedJson
from handlers.grid.models import Staff
from handlers.tickets import indexes


class State(StrEnum):
    OPEN = "open"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    REOPENED = "reopened"
    MERGED = "merged"


class Priority(StrEnum):
    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


class Category(StrEnum):
    OUTAGE = "outage"
    FAULT = "fault"
    HAZARD = "hazard"
    POWER_QUALITY = "power_quality"
    METER = "meter"
    BILLING = "billing"
    RECONNECTION = "reconnection"
    CHARGING_PILE = "charging_pile"
    PV = "pv"
    SUPPLY = "supply"
    TARIFF = "tariff"
    ACCOUNT = "account"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    PRAISE = "praise"
    VIOLATION = "violation"
    CLAIM = "claim"
    CONSULT = "consult"


class Source(StrEnum):
    WECHAT = "wechat"
    WECOM_GROUP = "wecom_group"
    HOTLINE_95598 = "95598"
    REGULATOR_12398 = "12398"
    CITY_12345 = "12345"
    SGCC_APP = "sgcc_app"
    PHONE = "phone"
    COUNTER = "counter"
    STAFF = "staff"


class Action(StrEnum):
    """What can happen to a ticket; the `action` of a timeline entry."""

    OPENED = "open"
    ASSIGN = "assign"
    ACCEPT = "accept"
    DEPART = "depart"
    ARRIVE = "arrive"
    REPLY = "reply"
    NOTE = "note"
    RESOLVE = "resolve"
    CLOSE = "close"
    CANCEL = "cancel"
    TRANSFER = "transfer"
    MERGE = "merge"
    UNMERGE = "unmerge"
    SPLIT = "split"
    MISROUTE = "misroute"
    ESCALATE = "escalate"
    RAISE = "raise"
    REOPEN = "reopen"
    URGE = "urge"
    ADD = "add"
    PAUSE = "pause"
    RESUME = "resume"
    PROMISE = "promise"
    TAKE_OVER = "take_over"
    HAND_BACK = "hand_back"
    WARN = "warn"
    SURVEY = "survey"
    TRIAGE = "triage"


class Ticket(Base):
    """One request. `subject_key` is the household and matter, unique among open tickets.

    With `keeps_apart` it never answers for its household.

    `text`, `name`, `phone`, `account_number`, `room` are sealed; `masked_text` is what search
    and most roles see. `due` holds ISO instants by stage: first_contact, arrival, restoration,
    reply. `version` is for optimistic locking. `fields` are the form's answers.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        sa.UniqueConstraint("source_channel", "external_number"),
        *indexes.of_the_queue(),
        sa.Index("ix_tickets_assignee_state", "assignee_userid", "state"),
        sa.Index("ix_tickets_community_category", "community_code", "category", "state"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=State.OPEN)
    category: Mapped[str]
    priority: Mapped[str]
    intent: Mapped[str] = mapped_column(default="")
    source_channel: Mapped[str] = mapped_column(default=Source.WECHAT)
    external_number: Mapped[str | None]
    openid: Mapped[str | None] = mapped_column(index=True)
    subject_key: Mapped[str | None] = mapped_column(unique=True)
    keeps_apart: Mapped[bool] = mapped_column(default=False)
    station_code: Mapped[str | None]
    grid_code: Mapped[str | None]
    area_code: Mapped[str | None] = mapped_column(index=True)
    community_code: Mapped[str | None]
    place_text: Mapped[str] = mapped_column(default="")
    building: Mapped[str] = mapped_column(default="")
    address: Mapped[str | None] = mapped_column(Sealed)
    assignee_userid: Mapped[str | None] = mapped_column(sa.ForeignKey("staff.userid"))
    assigned_because: Mapped[str] = mapped_column(default="")
    name: Mapped[str | None] = mapped_column(Sealed)
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_index: Mapped[str | None] = mapped_column(index=True)
    phone_tail_index: Mapped[str | None]
    account_number: Mapped[str | None] = mapped_column(Sealed)
    account_index: Mapped[str | None] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(Sealed)
    masked_text: Mapped[str] = mapped_column(sa.Text)
    fields: Mapped[dict[str, Any]] = mapped_column(SealedJson, default=dict)
    result: Mapped[str | None] = mapped_column(Sealed)
    root_cause: Mapped[str] = mapped_column(default="")
    parent_id: Mapped[int | None] = mapped_column(BigKey, sa.ForeignKey("tickets.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(BigKey, sa.ForeignKey("tickets.id"))
    incident_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    outage_code: Mapped[str | None] = mapped_column(index=True)
    is_confidential: Mapped[bool] = mapped_column(default=False)
    is_anonymous: Mapped[bool] = mapped_column(default=False)
    is_supervised: Mapped[bool] = mapped_column(default=False)
    has_generation: Mapped[bool] = mapped_column(default=False)
    contact_count: Mapped[int] = mapped_column(default=1)
    escalation_level: Mapped[int] = mapped_column(default=0)
    warned_percent: Mapped[int] = mapped_column(default=0)
    due: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    next_due_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    pauses: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON, default=list)
    reported_at: Mapped[datetime] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    arrived_at: Mapped[datetime | None] = mapped_column(Moment)
    first_contact_at: Mapped[datetime | None] = mapped_column(Moment)
    resolved_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    paged_at: Mapped[datetime | None] = mapped_column(Moment)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Moment)
    takeover_until: Mapped[datetime | None] = mapped_column(Moment)
    takeover_userid: Mapped[str | None]
    undo_until: Mapped[datetime | None] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    assignee: Mapped[Staff | None] = relationship(lazy="joined")
    events: Mapped[list["TicketEvent"]] = relationship(
        back_populates="ticket", order_by="TicketEvent.id"
    )
    parent: Mapped["Ticket | None"] = relationship(
        foreign_keys=[parent_id], remote_side="Ticket.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


sa.event.listen(Ticket.__table__, "before_create", indexes.make_functions)


class TicketEvent(Base):
    """One line of a ticket's history; never changed. `by` is a userid, a system or `resident`."""

    __tablename__ = "ticket_events"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("tickets.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    action: Mapped[str]
    by: Mapped[str]
    from_state: Mapped[str] = mapped_column(default="")
    to_state: Mapped[str] = mapped_column(default="")
    text: Mapped[str | None] = mapped_column(Sealed)
    is_public: Mapped[bool] = mapped_column(default=True)
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)

    ticket: Mapped[Ticket] = relationship(back_populates="events")


class TicketCounter(Base):
    """The last running number given out on a day."""

    __tablename__ = "ticket_counters"

    day: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class Promise(Base):
    """A time someone was promised; it warns before it lapses and counts whether it was kept."""

    __tablename__ = "promises"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(BigKey, sa.ForeignKey("tickets.id"), index=True)
    outage_code: Mapped[str | None] = mapped_column(index=True)
    kind: Mapped[str]
    station_code: Mapped[str | None]
    promised_at: Mapped[datetime] = mapped_column(Moment)
    made_at: Mapped[datetime] = mapped_column(Moment)
    kept_at: Mapped[datetime | None] = mapped_column(Moment)
    superseded_at: Mapped[datetime | None] = mapped_column(Moment)
    warned_at: Mapped[datetime | None] = mapped_column(Moment)


class Handover(Base):
    """What someone told the next shift in writing; `numbers` are the tickets then in hand."""

    __tablename__ = "handovers"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    station_code: Mapped[str | None]
    from_userid: Mapped[str]
    to_userids: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    text: Mapped[str] = mapped_column(Sealed)
    numbers: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    written_at: Mapped[datetime] = mapped_column(Moment, index=True)


class ForceMajeure(Base):
    """A time in which the clocks of repairs stand still: typhoon, ice, flood.

    `station_code` None: at every station; `ends_at` None: not over yet.
    """

    __tablename__ = "force_majeure"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    station_code: Mapped[str | None]
    reason: Mapped[str]
    declared_by: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime | None] = mapped_column(Moment)


class Media(Base):
    """A picture, voice or video of a ticket, fetched by id, sealed; `material`: the paper it shows."""

    __tablename__ = "media"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(BigKey, sa.ForeignKey("tickets.id"), index=True)
    openid: Mapped[str | None] = mapped_column(index=True)
    purpose: Mapped[str] = mapped_column(default="")
    material: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    platform: Mapped[str]
    media_id: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting", index=True)
    path: Mapped[str] = mapped_column(default="")
    content_type: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(Moment)
    error: Mapped[str] = mapped_column(default="")


class ShortLink(Base):
    """`/h5/t/TOKEN`: one record, one purpose, 128 random bits, 30 days."""

    __tablename__ = "short_links"

    token: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    record: Mapped[str]
    openid: Mapped[str | None]
    expires_at: Mapped[datetime] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
