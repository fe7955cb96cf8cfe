"""What becomes of messages after the platform took them: owners who confirm, final reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from config.channels import WeComLimits
from config.clock import Clock, china
from config.database import Database
from notifier import quotas
from notifier.checks import Checks, NoChecks
from notifier.errors import ChannelError
from notifier.models import DeliveryReport, OutboxMessage, OutboxState
from notifier.quotas import Quota
from notifier.settlement import apply_report

log = structlog.get_logger(__name__)

# get_groupmsg_send_result: 0 unsent, 1 sent, 2 not in the group, 3 the group's quota was used up
SENT, GONE, QUOTA_USED = 1, 2, 3
WHY = {GONE: "the group is gone", QUOTA_USED: "other posts used up the group's quota"}
TASKS_AT_ONCE = 200


class Client(Protocol):
    def group_message_results(self, msgid: str, userid: str) -> list[tuple[str, int, int]]: ...

    def remind(self, msgid: str) -> None: ...

    def cancel(self, msgid: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Task:
    """A task that waits for its owner, with the outbox messages it stands for."""

    msgid: str
    owner: str
    created_at: datetime
    ids: tuple[int, ...]
    obsolete: str = ""


class Confirmations:
    """Looks after the tasks of customer groups; run it every half minute."""

    def __init__(
        self,
        database: Database,
        client: Client,
        limits: WeComLimits,
        clock: Clock,
        *,
        checks: Checks | None = None,
    ) -> None:
        self._database = database
        self._client = client
        self._limits = limits
        self._clock = clock
        self._checks = checks or NoChecks()

    def reconcile(self) -> int:
        """Look at the tasks that are due; returns how many messages were confirmed."""
        with self._database.scope() as session:
            tasks = self._due(session)
        confirmed = 0
        for task in tasks:
            try:
                confirmed += self._look_at(task)
            except ChannelError as error:
                log.warning("group_task_unreadable", msgid=task.msgid, code=error.code)
        return confirmed

    def _due(self, session: Session) -> list[Task]:
        """The tasks to look at now; they fall due again by their age."""
        now = self._clock.now()
        rows = session.scalars(
            sa.select(OutboxMessage)
            .where(OutboxMessage.state == OutboxState.AWAITING_OWNER, OutboxMessage.due_at <= now)
            .order_by(OutboxMessage.due_at)
            .limit(TASKS_AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        reasons = self._checks.skips(session, rows, now)
        for row in rows:
            row.due_at = now + _pause(now - (row.sent_at or now))
        return _tasks(rows, reasons)

    def _look_at(self, task: Task) -> int:
        results = self._client.group_message_results(task.msgid, task.owner)
        now = self._clock.now()
        with self._database.scope() as session:
            waiting, confirmed = _apply(session, task, results, now)
        if not waiting:
            return confirmed
        age = now - task.created_at
        if task.obsolete or age > timedelta(hours=self._limits.customer_group_give_up_hours):
            self._give_up(task, waiting)
        elif self._may_remind(task, age, now):
            self._client.remind(task.msgid)
        return confirmed

    def _give_up(self, task: Task, ids: Sequence[int]) -> None:
        """Take the task back, so that nobody confirms stale words later."""
        try:
            self._client.cancel(task.msgid)
        except ChannelError as error:
            if not error.permanent:
                raise
        state = OutboxState.SKIPPED if task.obsolete else OutboxState.FAILED
        with self._database.scope() as session:
            session.execute(
                sa.update(OutboxMessage)
                .where(OutboxMessage.id.in_(ids), OutboxMessage.state == OutboxState.AWAITING_OWNER)
                .values(
                    state=state, due_at=None, error=task.obsolete or "the owner did not confirm"
                )
            )

    def _may_remind(self, task: Task, age: timedelta, now: datetime) -> bool:
        """Reminders come after set waits; the platform takes three a task in 24 hours."""
        limits = self._limits
        span = timedelta(hours=limits.customer_group_reminder_hours)
        after = limits.customer_group_remind_after
        key = f"remind:{task.msgid}"
        with self._database.scope() as session:
            given = quotas.count(session, key)
            if given >= len(after) or age < timedelta(minutes=after[given]):
                return False
            quota = Quota(key, limits.customer_group_reminders, span)
            return not quotas.reserve(session, [(0, [quota])], now)


def template_result(session: Session, msgid: str, status: str, now: datetime) -> None:
    """TEMPLATESENDJOBFINISH: a template message arrived (`success`) or did not (`failed: …`).

    The event may be here before the answer to our call is written down; it is kept for that.
    """
    row = session.scalar(
        sa.select(OutboxMessage)
        .where(OutboxMessage.platform_id == msgid, OutboxMessage.route == "template")
        .with_for_update()
    )
    if row is not None:
        apply_report(row, status, now)
        return
    if session.get(DeliveryReport, msgid) is None:
        session.add(DeliveryReport(platform_id=msgid, status=status, at=now))


def _tasks(rows: Sequence[OutboxMessage], reasons: dict[int, str]) -> list[Task]:
    """Rows of one platform task together; it is obsolete when all of them are."""
    found: dict[str, list[OutboxMessage]] = {}
    for row in rows:
        found.setdefault(row.platform_id, []).append(row)
    return [
        Task(
            msgid=msgid,
            owner=str(group[0].payload.get("owner", "")),
            created_at=group[0].sent_at or group[0].created_at,
            ids=tuple(row.id for row in group),
            obsolete=reasons[group[0].id] if all(row.id in reasons for row in group) else "",
        )
        for msgid, group in found.items()
    ]


def _apply(
    session: Session, task: Task, results: list[tuple[str, int, int]], now: datetime
) -> tuple[list[int], int]:
    """Settle what the owner did; returns what still waits, and how many were confirmed."""
    by_chat = {chat_id: (status, sent_at) for chat_id, status, sent_at in results}
    rows = session.scalars(
        sa.select(OutboxMessage)
        .where(OutboxMessage.id.in_(task.ids), OutboxMessage.state == OutboxState.AWAITING_OWNER)
        .order_by(OutboxMessage.id)
        .with_for_update()
    ).all()
    waiting, confirmed = [], 0
    for row in rows:
        status, sent_at = by_chat.get(row.target, (0, 0))
        if status == SENT:
            row.state, row.due_at = OutboxState.SENT, None
            row.delivered_at = (
                china(datetime.fromtimestamp(sent_at, now.tzinfo)) if sent_at else now
            )
            confirmed += 1
        elif status in WHY:
            row.state, row.due_at, row.error = OutboxState.FAILED, None, WHY[status]
        else:
            waiting.append(row.id)
    return waiting, confirmed


def _pause(age: timedelta) -> timedelta:
    """How long until the next look: soon while the owner is likely to be about it."""
    return timedelta(seconds=30) if age < timedelta(hours=1) else timedelta(minutes=5)
