"""The outbox: what is to be sent, its attempts, and the ledger of quotas."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, BigKey, Moment, SealedJson


class Channel(StrEnum):
    """Where a message goes. OFFICIAL_ACCOUNT picks customer service or template when sent."""

    OFFICIAL_ACCOUNT = "official_account"
    WECOM_APP = "wecom_app"
    WECOM_WEBHOOK = "wecom_webhook"
    WECOM_CUSTOMER_GROUP = "wecom_customer_group"
    WECOM_APPCHAT = "wecom_appchat"
    CARD_UPDATE = "card_update"
    WEBHOOK_OUT = "webhook_out"
    MARKETING = "marketing"
    RECOGNITION = "recognition"


class OutboxState(StrEnum):
    """CONTRACT.md's delivery states."""

    PENDING = "pending"
    SENT = "sent"
    AWAITING_OWNER = "awaiting_owner"
    FAILED = "failed"
    DEAD = "dead"
    SKIPPED = "skipped"


class OutboxMessage(Base):
    """One message to one target. `due_at` is schedule, lease and retry at once; empty when done.

    `dedupe_key` says what may be sent once only. `payload` is sealed: it names people. `route`
    tells how it really went (`customer_service`, `template`, …; before that, that it is under way);
    `platform_id` is the platform's id for it. The references say what it is about, for coverage and
    the ticket page.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        sa.Index("ix_outbox_due", "due_at", "priority"),
        sa.Index("ix_outbox_outage_step", "outage_code", "step", "state"),
        sa.Index("ix_outbox_target", "target", "state"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    channel: Mapped[str]
    target: Mapped[str]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    priority: Mapped[int] = mapped_column(default=5)
    state: Mapped[str] = mapped_column(default=OutboxState.PENDING, index=True)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    route: Mapped[str] = mapped_column(default="")
    platform_id: Mapped[str] = mapped_column(default="", index=True)
    error: Mapped[str] = mapped_column(default="")
    ticket_number: Mapped[str | None] = mapped_column(index=True)
    outage_code: Mapped[str | None]
    step: Mapped[str] = mapped_column(default="")
    group_code: Mapped[str | None]
    reply_to_id: Mapped[int | None] = mapped_column(BigKey)


class QuotaUse(Base):
    """How much of a platform's quota a window has used; key e.g. `webhook:KEY`, `group:CHAT`."""

    __tablename__ = "quota_uses"

    key: Mapped[str] = mapped_column(primary_key=True)
    window: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[int] = mapped_column(default=0)


class CardReference(Base):
    """The response_code with which a sent card may be updated once within 72 hours."""

    __tablename__ = "card_references"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    task_id: Mapped[str] = mapped_column(index=True)
    userid: Mapped[str]
    ticket_number: Mapped[str | None] = mapped_column(index=True)
    response_code: Mapped[str]
    msgid: Mapped[str] = mapped_column(default="", index=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class DeliveryReport(Base):
    """A platform's final word on a message that came before its answer to the call itself."""

    __tablename__ = "delivery_reports"

    platform_id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)
