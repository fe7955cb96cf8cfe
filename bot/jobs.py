"""The jobs of the queues and the timers: each calls one function of what it is about."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import redis
from rq import Queue
from rq.serializers import JSONSerializer

from bot import process_state
from config.clock import Clock
from config.database import Database
from config.tables import Tables
from notifier import quotas
from notifier.claims import Batch, Priorities
from notifier.confirmation import Client, Confirmations
from notifier.delivery import Delivery

FAILURE_SECONDS = 600


class Parts(Protocol):
    """What jobs and timers here work with, of `bot.parts.Parts`."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def tables(self) -> Tables: ...
    @property
    def delivery(self) -> Delivery: ...
    @property
    def wecom(self) -> Client | None: ...


# What the thread that runs a job works with; RQ hands a job nothing but its arguments.
PARTS: ContextVar[Parts] = ContextVar("parts")
# Set where the worker was asked to end.
ENDING: ContextVar[threading.Event | None] = ContextVar("ending", default=None)


@dataclass(frozen=True, slots=True)
class Timer:
    """Runs about every so many seconds, in one of the processes; `on_nudge`: after commits too."""

    seconds: float
    run: Callable[[Any], object]
    on_nudge: bool = False


def is_ending() -> bool:
    """Whether what goes batch after batch leaves the rest to another worker, or the next start."""
    ending = ENDING.get()
    return ending is not None and ending.is_set()


def deliver(ids: Sequence[int], token: str, first: int, last: int) -> None:
    batch = Batch(tuple(ids), datetime.fromisoformat(token), Priorities(first, last))
    PARTS.get().delivery.deliver(batch)


def enqueue(client: redis.Redis, queue: str, batch: Batch) -> None:
    """Put a batch on a queue; raises redis.RedisError."""
    Queue(queue, connection=client, serializer=JSONSerializer).enqueue(
        "bot.jobs.deliver",
        args=(
            list(batch.ids),
            batch.token.isoformat(),
            batch.priorities.first,
            batch.priorities.last,
        ),
        job_timeout=-1,
        result_ttl=0,
        failure_ttl=FAILURE_SECONDS,
        description="deliver",
    )


def waiting(client: redis.Redis, queue: str) -> int:
    """How many batches wait on a queue; raises redis.RedisError."""
    return int(Queue(queue, connection=client).count)


def confirm_group_messages(parts: Parts) -> None:
    if parts.wecom is not None:
        limits, checks = parts.tables.channels.wecom, parts.delivery.checks
        Confirmations(parts.database, parts.wecom, limits, parts.clock, checks=checks).reconcile()


def prune_quotas(parts: Parts) -> None:
    with parts.database.scope() as session:
        quotas.prune(session, parts.clock.now())


def heartbeat(parts: Parts) -> None:
    with parts.database.scope() as session:
        process_state.put(session, "relay", {}, parts.clock.now())


# The business's own timers are given to the worker beside these.
TIMERS: Mapping[str, Timer] = {
    "confirm_group_messages": Timer(30, confirm_group_messages),
    "prune_quotas": Timer(3600, prune_quotas),
    "heartbeat": Timer(15, heartbeat),
}
