"""Who may send a message now: the relay hands due ones over, a worker claims them, both by lease.

`due_at` moves forward with each step, and only if nobody else moved it first; whatever a crash
leaves behind falls due again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from notifier.locks import exclusive
from notifier.models import OutboxMessage, OutboxState
from notifier.outbox import DANGER, FAULT, ONE_BY_ONE

# `route` from its first hand-over until it is settled: in a batch; or waiting for another try, for
# a quota, or for what goes to the same target first. Later messages to that target stay behind it.
UNDER_WAY, WAITING = "under_way", "waiting"
# How soon to look again whether what goes first is gone.
A_MOMENT = timedelta(seconds=0.5)


@dataclass(frozen=True, slots=True)
class Priorities:
    """From the first to the last, both included; 0 is the most urgent."""

    first: int
    last: int


# Danger waits neither behind the thousands of notices of a storm's faults, nor these behind plans.
DANGEROUS, URGENT = Priorities(DANGER, FAULT - 1), Priorities(FAULT, FAULT + ONE_BY_ONE)
NORMAL, ALL = Priorities(FAULT + ONE_BY_ONE + 1, 99), Priorities(DANGER, 99)


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages handed over at once; `token` is the due time that says they still are."""

    ids: tuple[int, ...]
    token: datetime
    priorities: Priorities = NORMAL


def has_due(session: Session, now: datetime, priorities: Priorities) -> bool:
    """Whether anything is due; reads only."""
    due = _due(now, priorities).with_only_columns(OutboxMessage.id).limit(1)
    return session.scalar(due) is not None


def hand_over(
    session: Session,
    now: datetime,
    lease: timedelta,
    *,
    limit: int,
    priorities: Priorities,
) -> Batch | None:
    """Take the next due messages of these priorities for one batch.

    A message stays behind an earlier one to the same target that is waiting, unless it is more
    urgent; it falls due with that one.
    """
    exclusive(session, "outbox")
    columns = (
        OutboxMessage.id,
        OutboxMessage.channel,
        OutboxMessage.target,
        OutboxMessage.priority,
    )
    rows = session.execute(_due(now, priorities).with_only_columns(*columns).limit(limit)).all()
    waits = _waits(session, rows, now, {WAITING})
    _put_off(session, waits)
    ids = tuple(row.id for row in rows if row.id not in waits)
    if not ids:
        return None
    token = now + lease
    session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.id.in_(ids))
        .values(due_at=token, route=UNDER_WAY)
        .execution_options(synchronize_session=False)
    )
    return Batch(ids, token, priorities)


def claim(session: Session, batch: Batch, now: datetime, lease: timedelta) -> list[OutboxMessage]:
    """The messages of a batch that are still ours, in the order to send them in.

    What another batch has for the same target goes first: ours is put off.
    """
    won = session.scalars(
        sa.update(OutboxMessage)
        .where(
            OutboxMessage.id.in_(batch.ids),
            OutboxMessage.due_at == batch.token,
            OutboxMessage.state == OutboxState.PENDING,
        )
        .values(due_at=now + lease, attempts=OutboxMessage.attempts + 1, route=UNDER_WAY)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    ).all()
    columns = (
        OutboxMessage.id,
        OutboxMessage.channel,
        OutboxMessage.target,
        OutboxMessage.priority,
    )
    ours = session.execute(sa.select(*columns).where(OutboxMessage.id.in_(won))).all()
    waits = _waits(session, ours, now, {UNDER_WAY, WAITING})
    _put_off(session, waits, given_back=True)
    messages = sa.select(OutboxMessage).where(OutboxMessage.id.in_(set(won) - set(waits)))
    return list(session.scalars(messages.order_by(OutboxMessage.priority, OutboxMessage.id)))


def _put_off(session: Session, waits: dict[int, datetime], *, given_back: bool = False) -> None:
    """Let messages fall due later; `given_back`: the try that was counted did not happen."""
    for key, due_at in waits.items():
        values: dict[str, object] = {"due_at": due_at, "route": WAITING}
        if given_back:
            values["attempts"] = OutboxMessage.attempts - 1
        session.execute(
            sa.update(OutboxMessage)
            .where(OutboxMessage.id == key)
            .values(values)
            .execution_options(synchronize_session=False)
        )


def _due(now: datetime, priorities: Priorities) -> sa.Select[OutboxMessage]:
    return (
        sa.select(OutboxMessage)
        .where(
            OutboxMessage.state == OutboxState.PENDING,
            OutboxMessage.due_at <= now,
            OutboxMessage.priority.between(priorities.first, priorities.last),
        )
        .order_by(OutboxMessage.priority, OutboxMessage.due_at, OutboxMessage.id)
    )


def _waits(
    session: Session,
    rows: Sequence[sa.Row[int, str, str, int]],
    now: datetime,
    routes: Collection[str],
) -> dict[int, datetime]:
    """Which of the rows must wait for an earlier one to the same target, and until when."""
    ids = {row.id for row in rows}
    ahead = session.execute(
        sa.select(
            OutboxMessage.id,
            OutboxMessage.channel,
            OutboxMessage.target,
            OutboxMessage.priority,
            OutboxMessage.route,
            OutboxMessage.due_at,
        ).where(
            OutboxMessage.target.in_({row.target for row in rows}),
            OutboxMessage.state == OutboxState.PENDING,
            OutboxMessage.route.in_(routes),
        )
    ).all()
    by_target: dict[tuple[str, str], list[sa.Row[int, str, str, int, str, datetime | None]]] = {}
    for other in ahead:
        by_target.setdefault((other.channel, other.target), []).append(other)
    waits: dict[int, datetime] = {}
    for row in rows:
        until = [
            now + A_MOMENT if other.route == UNDER_WAY else max(other.due_at, now + A_MOMENT)
            for other in by_target.get((row.channel, row.target), [])
            if other.id < row.id and other.id not in ids and other.priority <= row.priority
        ]
        if until:
            waits[row.id] = max(until)
    return waits
