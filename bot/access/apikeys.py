"""Bearer keys of other systems; shown once, kept as a hash, bound to scopes."""

import secrets
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.access.models import ApiKey
from handlers.errors import DomainError

PREFIX = "gb_"


class Scope(StrEnum):
    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    OUTAGES_READ = "outages:read"
    OUTAGES_WRITE = "outages:write"
    SURVEYS_READ = "surveys:read"
    STATS_READ = "stats:read"
    PERSONAL_READ = "personal:read"


USUAL = tuple(scope for scope in Scope if scope != Scope.PERSONAL_READ)


def add(session: Session, name: str, scopes: list[str] | None, *, now: datetime) -> str:
    """Make a key and return it, for the only time; raises DomainError for an unknown scope."""
    wanted = scopes or [scope.value for scope in USUAL]
    unknown = [scope for scope in wanted if scope not in set(Scope)]
    if unknown:
        known = ", ".join(scope.value for scope in Scope)
        raise DomainError(f"unknown scope {', '.join(unknown)}; known: {known}", field="scopes")
    if session.scalar(sa.select(ApiKey).where(ApiKey.name == name)) is not None:
        raise DomainError(f"a key named {name} exists; choose another name", field="name")
    key = PREFIX + secrets.token_urlsafe(32)
    session.add(ApiKey(name=name, key_hash=_hash(key), scopes=wanted, created_at=now))
    return key


def find(session: Session, key: str) -> ApiKey | None:
    """The living key of a bearer token."""
    query = sa.select(ApiKey).where(ApiKey.key_hash == _hash(key), ApiKey.revoked_at.is_(None))
    return session.scalar(query)


def revoke(session: Session, name: str, *, now: datetime) -> bool:
    found = session.scalar(sa.select(ApiKey).where(ApiKey.name == name))
    if found is None or found.revoked_at is not None:
        return False
    found.revoked_at = now
    return True


def _hash(key: str) -> str:
    """High-entropy keys need no slow hash: 256 random bits cannot be guessed."""
    return sha256(key.encode()).hexdigest()
