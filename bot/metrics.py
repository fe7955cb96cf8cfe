"""Gauges for Prometheus, read at each scrape: true for all processes together."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Gauge
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from bot import jobs
from bot.conversation.models import InboxMessage
from bot.parts import Parts
from bot.process_state import ProcessState
from bot.relay import LANES
from config.clock import china
from handlers.outages.models import OutageTrouble, PhoneTask
from handlers.tickets.models import Media, Priority, State, Ticket
from handlers.tickets.queries import is_active
from notifier import quotas
from notifier.models import OutboxMessage, OutboxState, QuotaUse

PARTS = ("redis", "rasa", "worker", "wechat", "wecom")
UNACCEPTED = (State.OPEN, State.ASSIGNED, State.REOPENED)
URGENT = (Priority.P0, Priority.P1)


@dataclass(frozen=True, slots=True)
class Board:
    """One scrape's gauges, each made where it is set."""

    registry: CollectorRegistry

    def put(self, name: str, text: str, value: float | None) -> None:
        """A gauge without labels; not a number where there is no value yet."""
        gauge = Gauge(f"gridbot_{name}", text, registry=self.registry)
        gauge.set(math.nan if value is None else value)

    def rows(self, name: str, text: str, label: str, values: dict[str, float]) -> None:
        gauge = Gauge(f"gridbot_{name}", text, [label], registry=self.registry)
        for key, value in values.items():
            gauge.labels(key).set(value)


def figures(parts: Parts, missing: Collection[str], engine: str) -> CollectorRegistry:
    """Everything that docs/operations.md names; raises SQLAlchemyError without the database."""
    board = Board(CollectorRegistry())
    now = parts.clock.now()
    with parts.database.reading() as session:
        _deliveries(board, session, now)
        _tickets(board, session, now)
        _quotas(board, session, parts, now)
        _residents(board, session, now)
    degraded = {part: float(part in missing) for part in PARTS}
    board.rows("degraded", "1 while the part is missing", "part", degraded)
    board.rows("nlu_engine", "1 for the engine in use", "engine", {engine: 1.0})
    board.rows("token_seconds_left", "How long the token still holds", "platform", _tokens(parts))
    board.rows("queue_batches", "Batches that wait in Redis", "queue", _queues(parts))
    return board.registry


def _deliveries(board: Board, session: Session, now: datetime) -> None:
    due = sa.and_(OutboxMessage.state == OutboxState.PENDING, OutboxMessage.due_at <= now)
    oldest = session.scalar(sa.select(sa.func.min(OutboxMessage.due_at)).where(due))
    states = _count(session, OutboxMessage.state)
    board.rows("outbox_messages", "Outbox rows by state", "state", states)
    board.put("outbox_oldest_seconds", "Age of the oldest due message", _age(oldest, now) or 0)
    beat = session.get(ProcessState, "relay")
    board.put("worker_heartbeat_seconds", "Since a worker's last sign", _age_of(beat, now))


def _tickets(board: Board, session: Session, now: datetime) -> None:
    active = is_active()
    board.rows("tickets", "Tickets by state", "state", _count(session, Ticket.state))
    overdue = sa.and_(active, Ticket.next_due_at < now)
    board.put("tickets_overdue", "Open tickets behind their deadline", _number(session, overdue))
    urgent = sa.and_(Ticket.state.in_(UNACCEPTED), Ticket.priority.in_(URGENT))
    oldest = session.scalar(sa.select(sa.func.min(Ticket.created_at)).where(urgent))
    text = "Age of the oldest P0 or P1 nobody accepted"
    board.put("urgent_unaccepted_seconds", text, _age(oldest, now) or 0)
    query = sa.select(sa.func.count()).select_from(PhoneTask).where(PhoneTask.done_at.is_(None))
    board.put("phone_tasks_open", "Households still to phone or visit", session.scalar(query))
    failing = session.scalar(sa.select(sa.func.count()).select_from(OutageTrouble))
    board.put("outage_work_failing", "Timed work on outages that failed and is retried", failing)


def _quotas(board: Board, session: Session, parts: Parts, now: datetime) -> None:
    limit = parts.tables.channels.official_account.templates_per_day
    today = f"{china(now):%Y-%m-%d}"
    used = session.get(QuotaUse, ("template", today))
    left = {"template": float(limit - (used.used if used else 0))}
    board.rows("quota_left", "What is left of a quota of today", "quota", left)
    groups = quotas.groups_used_up(session, parts.tables.channels, now)
    board.put("customer_groups_used_up", "Residents' groups without posts left this month", groups)


def _residents(board: Board, session: Session, now: datetime) -> None:
    last = session.scalar(sa.select(sa.func.max(InboxMessage.received_at)))
    board.put("last_message_seconds", "Since the last push of a platform", _age(last, now))
    waiting = sa.select(sa.func.count()).select_from(Media).where(Media.state == "waiting")
    board.put("media_waiting", "Pictures and voices still to fetch", session.scalar(waiting))


def _tokens(parts: Parts) -> dict[str, float]:
    clients = {"wechat": parts.wechat, "wecom": parts.wecom}
    left = {name: one.api.tokens.seconds_left() for name, one in clients.items() if one}
    return {name: seconds for name, seconds in left.items() if seconds is not None}


def _queues(parts: Parts) -> dict[str, float]:
    try:
        return {lane.queue: float(jobs.waiting(parts.redis, lane.queue)) for lane in LANES}
    except (RedisError, OSError):
        return {}


def _count(session: Session, column: Any) -> dict[str, float]:
    rows = session.execute(sa.select(column, sa.func.count()).group_by(column)).all()
    return {row[0]: float(row[1]) for row in rows}


def _number(session: Session, which: sa.ColumnElement[bool]) -> float:
    return session.scalar(sa.select(sa.func.count()).select_from(Ticket).where(which)) or 0


def _age(moment: datetime | None, now: datetime) -> float | None:
    return (now - moment).total_seconds() if moment else None


def _age_of(state: ProcessState | None, now: datetime) -> float | None:
    return _age(state.at, now) if state else None
