"""Put messages into the outbox, in the transaction that caused them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from notifier.models import Channel, OutboxMessage, OutboxState

# Mark in a session's `info`: its commit leaves something for the relay or the timers to do.
WAKES = "gridbot.wakes"
DANGER, FAULT, NORMAL, PLANNED, BULK = 0, 2, 5, 6, 8
# Added for residents: one post to a group reaches hundreds and goes before them.
ONE_BY_ONE = 1


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send. `key` is what may be sent once only, e.g. `T2026…:accepted:openid`."""

    channel: Channel
    target: str
    kind: str
    payload: dict[str, Any]
    key: str
    priority: int = NORMAL
    due_at: datetime | None = None
    ticket_number: str | None = None
    outage_code: str | None = None
    step: str = ""
    group_code: str | None = None
    state: OutboxState = OutboxState.PENDING
    error: str = ""


def put(session: Session, messages: list[Outgoing], *, now: datetime) -> int:
    """Add the messages whose key is new; returns how many were."""
    if not messages:
        return 0
    session.info[WAKES] = True
    rows = [_row(message, now) for message in messages]
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = (
        insert(OutboxMessage)
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(OutboxMessage.id)
    )
    return len(session.execute(statement, rows).all())


def _row(message: Outgoing, now: datetime) -> dict[str, Any]:
    is_waiting = message.state == OutboxState.PENDING
    return {
        "channel": message.channel,
        "target": message.target,
        "kind": message.kind,
        "payload": message.payload,
        "priority": message.priority,
        "state": message.state,
        "due_at": (message.due_at or now) if is_waiting else None,
        "attempts": 0,
        "dedupe_key": message.key,
        "created_at": now,
        "route": "",
        "platform_id": "",
        "error": message.error,
        "ticket_number": message.ticket_number,
        "outage_code": message.outage_code,
        "step": message.step,
        "group_code": message.group_code,
    }
