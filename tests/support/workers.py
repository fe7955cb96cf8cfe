"""What a worker needs, without the business around it."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import redis

from bot.jobs import TIMERS, Timer
from bot.worker import Worker
from config.clock import Clock
from config.database import Database
from config.redis import SECONDS, EmbeddedRedis, RedisSource
from config.tables import Tables
from notifier.confirmation import Client
from notifier.delivery import Delivery
from notifier.models import Channel
from notifier.shipments import ChannelSender
from tests.support.desks import TABLES


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """The part of `bot.parts.Parts` that the worker uses."""

    database: Database
    delivery: Delivery
    clock: Clock = field(default_factory=Clock)
    tables: Tables = TABLES
    wecom: Client | None = None


class BrokenRedis:
    """A Redis that is away, until it is not."""

    def __init__(self, server: EmbeddedRedis) -> None:
        self._server = server
        self.is_away = True

    def ensure(self) -> None:
        """Somebody else starts it."""

    def release(self) -> None:
        """Somebody else stops it."""

    def client(self, *, seconds: float = SECONDS) -> redis.Redis:
        if self.is_away:
            return redis.Redis(host="127.0.0.1", port=9, socket_connect_timeout=0.2, retry=None)
        return self._server.client(seconds=seconds)


def make_parts(database: Database, channel: ChannelSender) -> WorkerParts:
    delivery = Delivery(database, dict.fromkeys(Channel, channel), TABLES.channels, Clock())
    return WorkerParts(database, delivery)


@contextmanager
def working(
    parts: WorkerParts, source: RedisSource, timers: Mapping[str, Timer] = TIMERS
) -> Iterator[Worker]:
    worker = Worker(parts, source, timers)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
        parts.delivery.close()


def eventually(what: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether it becomes true; a generous limit, so that slow machines pass too."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False
