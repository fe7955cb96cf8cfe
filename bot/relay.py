"""Move due messages to the queues; while Redis is down, deliver them from here.

One relay each for danger, for faults and for the rest, so that none waits for the other.
"""

import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta

import redis
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import jobs
from config.redis import RedisSource, RedisUnavailableError
from notifier.claims import DANGEROUS, NORMAL, URGENT, Batch, Priorities
from notifier.delivery import Delivery

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
REDIS_REST_SECONDS = 5.0
DATABASE_REST_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue: what goes on it, in batches of what size, how many of them may wait there.

    `lease`: a batch that no worker claimed by then is handed over anew.
    """

    queue: str
    priorities: Priorities
    batch: int
    waiting: int
    lease: timedelta


LANES = (
    Lane("danger", DANGEROUS, 20, 4, timedelta(seconds=15)),
    Lane("urgent", URGENT, 20, 4, timedelta(seconds=15)),
    # Few wait in the queue, so that what comes now need not wait for all of a broadcast.
    Lane("normal", NORMAL, 200, 2, timedelta(seconds=60)),
)


@dataclass(slots=True)
class Relay:
    """Runs in a thread until `stop`; `wake` is set by nudges."""

    delivery: Delivery
    source: RedisSource
    lane: Lane
    stop: threading.Event
    wake: threading.Event = field(default_factory=threading.Event)
    _client: redis.Redis | None = None
    _rests_until: float = 0.0

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self.tick()
            except SQLAlchemyError as error:
                log.warning("database_down", part="relay", error=type(error).__name__)
                self.stop.wait(DATABASE_REST_SECONDS)
            self.wake.wait(POLL_SECONDS)
            self.wake.clear()

    def tick(self) -> None:
        """Hand over what is due, until nothing is or the queue is full."""
        lane = self.lane
        while not self.stop.is_set() and not self._is_full():
            batch = self.delivery.hand_over(
                limit=lane.batch, priorities=lane.priorities, lease=lane.lease
            )
            if batch is None:
                return
            if not self._enqueue(batch):
                self.delivery.deliver(batch)

    def _is_full(self) -> bool:
        client = self._redis()
        if client is None:
            return False
        try:
            return jobs.waiting(client, self.lane.queue) >= self.lane.waiting
        except redis.RedisError as error:
            self._rest(error)
            return False

    def _enqueue(self, batch: Batch) -> bool:
        client = self._redis()
        if client is None:
            return False
        try:
            jobs.enqueue(client, self.lane.queue, batch)
        except redis.RedisError as error:
            self._rest(error)
            return False
        return True

    def _redis(self) -> redis.Redis | None:
        """A client, or None while Redis is left alone after it failed."""
        if time.monotonic() < self._rests_until:
            return None
        if self._client is None:
            try:
                self.source.ensure()
            except RedisUnavailableError as error:
                self._rest(error)
                return None
            self._client = self.source.client()
        return self._client

    def _rest(self, error: Exception) -> None:
        log.warning("redis_down", part="relay", error=type(error).__name__, queue=self.lane.queue)
        self._client = None
        self._rests_until = time.monotonic() + REDIS_REST_SECONDS
