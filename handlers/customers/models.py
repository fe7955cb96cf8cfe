"""Account holders of the registry, residents of the Official Account, and their bindings."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, BigKey, Moment, Sealed


class Customer(Base):
    """An account (户号); personal columns are sealed, the `_index` ones are blind indexes."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    account_index: Mapped[str] = mapped_column(unique=True)
    account_number: Mapped[str] = mapped_column(Sealed)
    account_tail: Mapped[str]
    name: Mapped[str] = mapped_column(Sealed)
    name_index: Mapped[str]
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_index: Mapped[str | None] = mapped_column(index=True)
    community_code: Mapped[str] = mapped_column(
        sa.ForeignKey("communities.community_code"), index=True
    )
    building: Mapped[str] = mapped_column(default="")
    room: Mapped[str | None] = mapped_column(Sealed)
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("transformer_areas.area_code"), index=True)
    meter_number: Mapped[str | None] = mapped_column(Sealed)
    meter_index: Mapped[str | None] = mapped_column(index=True)
    tariff: Mapped[str]
    smart_remote: Mapped[bool] = mapped_column(default=False)
    sensitive: Mapped[str] = mapped_column(default="")
    arrears_cut: Mapped[bool] = mapped_column(default=False)
    balance: Mapped[str] = mapped_column(default="0.00")


class Resident(Base):
    """A person who follows the Official Account, known by openid.

    `window_until` and `window_left` are our ledger of the customer-service window: until when
    and how many messages the platform still takes (PLATFORMS.md 2.2).
    """

    __tablename__ = "residents"

    openid: Mapped[str] = mapped_column(primary_key=True)
    is_subscribed: Mapped[bool] = mapped_column(default=True)
    first_seen_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime] = mapped_column(Moment)
    community_code: Mapped[str | None]
    building: Mapped[str] = mapped_column(default="")
    room: Mapped[str | None] = mapped_column(Sealed)
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_index: Mapped[str | None] = mapped_column(index=True)
    name: Mapped[str | None] = mapped_column(Sealed)
    is_elder_mode: Mapped[bool] = mapped_column(default=False)
    wants_notices: Mapped[bool] = mapped_column(default=True)
    wants_bills: Mapped[bool] = mapped_column(default=True)
    wants_surveys: Mapped[bool] = mapped_column(default=True)
    quiet_from: Mapped[str] = mapped_column(default="")
    quiet_until: Mapped[str] = mapped_column(default="")
    window_until: Mapped[datetime | None] = mapped_column(Moment)
    window_left: Mapped[int] = mapped_column(default=0)


class Binding(Base):
    """A resident's claim to an account, proven when it was made; one account may have several.

    `checked_at` is when its phone was last proven or asked about.
    """

    __tablename__ = "bindings"

    openid: Mapped[str] = mapped_column(sa.ForeignKey("residents.openid"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(
        BigKey, sa.ForeignKey("customers.id"), primary_key=True, index=True
    )
    bound_at: Mapped[datetime] = mapped_column(Moment)
    label: Mapped[str] = mapped_column(default="")
    consented_at: Mapped[datetime | None] = mapped_column(Moment)
    checked_at: Mapped[datetime | None] = mapped_column(Moment)


class ProofAttempt(Base):
    """A failed proof of an account; five within a day lock the openid (CONTRACT.md)."""

    __tablename__ = "proof_attempts"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    openid: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(Moment)


class ConsentCode(Base):
    """A code with which a parent lets a child bind the parent's account."""

    __tablename__ = "consent_codes"

    code: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("customers.id"))
    expires_at: Mapped[datetime] = mapped_column(Moment)
