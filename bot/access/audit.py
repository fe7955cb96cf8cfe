"""The audit log: each entry's hash covers the one before, so that nothing can be taken out."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.access.models import AuditEntry

FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold: an entry was changed, or the one before is gone."""

    entry_id: int
    why: str


def write(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    facts: dict[str, Any] | None = None,
) -> None:
    """Append who did what; in the transaction that did it."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SELECT pg_advisory_xact_lock(7201)"))
    last = session.scalar(sa.select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1))
    entry = AuditEntry(
        at=now,
        actor=actor,
        action=action,
        subject=subject,
        facts=facts or {},
        previous_hash=last or FIRST,
        hash="",
    )
    entry.hash = _hash(entry)
    session.add(entry)
    session.flush()


def verify(session: Session) -> list[Break]:
    """Every place where the chain is broken; empty when it holds."""
    broken, before = [], FIRST
    for entry in session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)):
        if entry.previous_hash != before:
            broken.append(Break(entry.id, "the entry before it was removed or changed"))
        if entry.hash != _hash(entry):
            broken.append(Break(entry.id, "its content was changed"))
        before = entry.hash
    return broken


def _hash(entry: AuditEntry) -> str:
    moment = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    facts = json.dumps(entry.facts, sort_keys=True, ensure_ascii=False)
    parts = [entry.previous_hash, moment, entry.actor, entry.action, entry.subject, facts]
    text = json.dumps(parts, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()
