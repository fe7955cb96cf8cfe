"""API keys, the audit log, failed sign-ins and ended sessions."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, BigKey, Moment


class ApiKey(Base):
    """A key of another system; only its hash is kept."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class AuditEntry(Base):
    """Who did what on a page or through the API; each entry's hash covers the one before."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    previous_hash: Mapped[str]
    hash: Mapped[str]


class LoginFailure(Base):
    """A failed sign-in, for the lock-out of an account and of an address."""

    __tablename__ = "login_failures"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    subject: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(Moment)


class EndedSession(Base):
    """A session that was signed out of: its cookie, wherever it was copied to, opens nothing."""

    __tablename__ = "ended_sessions"

    mark: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
