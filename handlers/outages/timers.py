"""What time itself does to outages, piece by piece: each in a transaction of its own.

One outage whose piece fails holds up no other: it is tried again, counted, and told to a person.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.outages import alerts, last_metre, notices, service
from handlers.outages.models import Outage, OutageState, OutageStep, OutageTrouble

AT_ONCE = 100
LONGEST_ERROR = 300


class Work(StrEnum):
    START = "start"
    ARCHIVE = "archive"
    WARN = "warn"
    CANARY = "canary"
    CLOSE = "close"
    DIGEST = "digest"
    EXPAND = "expand"


@dataclass(frozen=True, slots=True)
class Chore:
    """One piece of work; `key` is the outage's id, EXPAND's the step's, DIGEST's nought."""

    work: Work
    key: int = 0


def due(desk: Desk) -> list[Chore]:
    """What is to be done now but the pages (see `next_page`), and what may be tried again."""
    wanted = {
        Work.START: _starting(desk),
        Work.ARCHIVE: _over(desk),
        Work.WARN: alerts.lapsing(desk),
        Work.CANARY: alerts.silent(desk),
        Work.CLOSE: last_metre.forgotten(desk),
    }
    chores = [Chore(work, key) for work, keys in wanted.items() for key in keys]
    resting = _resting(desk)
    return [chore for chore in (*chores, Chore(Work.DIGEST)) if chore not in resting]


def next_page(desk: Desk) -> Chore | None:
    """The page to expand next: faults do not wait behind a plan, nor anything behind trouble."""
    stuck = [chore.key for chore in _resting(desk) if chore.work == Work.EXPAND]
    query = (
        sa.select(OutageStep.id)
        .join(Outage, Outage.id == OutageStep.outage_id)
        .where(
            sa.not_(OutageStep.is_expanded),
            OutageStep.at <= desk.now,
            OutageStep.id.not_in(stuck),
        )
    )
    found = desk.session.scalar(query.order_by(*notices.FIRST_EXPANDED).limit(1))
    return None if found is None else Chore(Work.EXPAND, found)


def do(desk: Desk, chore: Chore) -> bool:
    """Do one piece; False where another process is at it. What failed before is forgotten."""
    done = _do(desk, chore)
    if done:
        desk.session.execute(sa.delete(OutageTrouble).where(_is(chore)))
    return done


def note_failure(desk: Desk, chore: Chore, error: Exception) -> int:
    """Count a piece that failed and say when to try again; returns how often it has failed."""
    rules = desk.tables.outages
    trouble = desk.session.get(OutageTrouble, (chore.work, chore.key), with_for_update=True)
    if trouble is None:
        trouble = OutageTrouble(
            work=chore.work, key=chore.key, outage_id=_outage_id(desk, chore), failures=0
        )
        desk.session.add(trouble)
    trouble.failures += 1
    waits = rules.trouble_retry_seconds
    wait = waits[min(trouble.failures, len(waits)) - 1]
    trouble.next_try_at = desk.now + timedelta(seconds=wait)
    # The kind of error only: its words may name people.
    trouble.error = type(error).__name__[:LONGEST_ERROR]
    desk.session.flush()
    if trouble.failures == rules.trouble_alert_after and trouble.outage_id is not None:
        alerts.trouble(desk, trouble)
    return trouble.failures


def _do(desk: Desk, chore: Chore) -> bool:
    if chore.work == Work.DIGEST:
        alerts.digest(desk)
        return True
    if chore.work == Work.EXPAND:
        return _expand(desk, chore.key)
    outage = desk.session.scalar(
        sa.select(Outage)
        .where(Outage.id == chore.key)
        .with_for_update(skip_locked=True, of=Outage)
        .execution_options(populate_existing=True)
    )
    if outage is None:
        return False
    match chore.work:
        case Work.START if outage.state == OutageState.PUBLISHED and outage.starts_at <= desk.now:
            service.start(desk, outage)
        case Work.ARCHIVE if outage.state != OutageState.ARCHIVED:
            outage.state = OutageState.ARCHIVED
            service.record(desk, outage, "archived", by="system")
        case Work.WARN:
            alerts.warn_estimate(desk, outage)
        case Work.CANARY:
            alerts.canary(desk, outage)
        case Work.CLOSE if outage.state == OutageState.UNDER_WAY:
            service.restore(desk, outage, by="system")
    return True


def _expand(desk: Desk, step_id: int) -> bool:
    step = desk.session.scalar(
        sa.select(OutageStep)
        .where(OutageStep.id == step_id, sa.not_(OutageStep.is_expanded))
        .with_for_update(skip_locked=True, of=OutageStep)
        .execution_options(populate_existing=True)
    )
    if step is None:
        return False
    notices.expand(desk, step)
    desk.session.flush()
    return True


def _starting(desk: Desk) -> list[int]:
    query = (
        sa.select(Outage.id)
        .where(Outage.state == OutageState.PUBLISHED, Outage.starts_at <= desk.now)
        .order_by(Outage.starts_at)
        .limit(AT_ONCE)
    )
    return list(desk.session.scalars(query))


def _over(desk: Desk) -> list[int]:
    """What has been over for days; an imported one ends with its plan when nobody says more."""
    before = desk.now - timedelta(days=desk.tables.outages.archive_days)
    is_over = sa.and_(Outage.state == OutageState.RESTORED, Outage.restored_at <= before)
    is_forgotten = sa.and_(
        Outage.state == OutageState.UNDER_WAY, Outage.is_imported, Outage.ends_at <= before
    )
    query = sa.select(Outage.id).where(sa.or_(is_over, is_forgotten))
    return list(desk.session.scalars(query.order_by(Outage.id).limit(AT_ONCE)))


def _resting(desk: Desk) -> set[Chore]:
    """What failed and is not to be tried again yet."""
    query = sa.select(OutageTrouble.work, OutageTrouble.key)
    waiting = query.where(OutageTrouble.next_try_at > desk.now)
    return {Chore(Work(work), key) for work, key in desk.session.execute(waiting)}


def _is(chore: Chore) -> sa.ColumnElement[bool]:
    return sa.and_(OutageTrouble.work == chore.work, OutageTrouble.key == chore.key)


def _outage_id(desk: Desk, chore: Chore) -> int | None:
    if chore.work == Work.EXPAND:
        step = desk.session.get(OutageStep, chore.key)
        return step.outage_id if step is not None else None
    return chore.key or None
