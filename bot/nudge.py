"""Wake the relay after a commit, so that a message leaves within a second."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum

import redis
import structlog

from config.redis import with_timeout

log = structlog.get_logger(__name__)

# A callback waits no longer than this for a Redis that does not answer, and after that for none.
SECONDS = 0.05
REST_SECONDS = 5.0


class Wakes(StrEnum):
    """Whom a nudge wakes; the Redis key it comes by."""

    ALL = "gridbot:nudge"
    RELAYS = "gridbot:nudge:relays"


_WAKES: ContextVar[Wakes] = ContextVar("wakes", default=Wakes.ALL)


@contextmanager
def from_a_timer() -> Iterator[None]:
    """What a timer commits wakes the relays only: it would wake itself without end."""
    before = _WAKES.set(Wakes.RELAYS)
    try:
        yield
    finally:
        _WAKES.reset(before)


class Nudge:
    """Call it after a commit that put something into the outbox.

    Harmless when Redis is down: the relay looks by itself every second.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._client = with_timeout(client, SECONDS)
        self._rests_until = 0.0

    def __call__(self) -> None:
        if time.monotonic() < self._rests_until:
            return
        key = _WAKES.get().value
        try:
            with self._client.pipeline(transaction=False) as pipe:
                pipe.lpush(key, "1")
                pipe.ltrim(key, 0, 0)
                pipe.execute()
        except redis.RedisError as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            log.info("nudge_failed", error=type(error).__name__)


def wait(client: redis.Redis, seconds: int) -> Wakes | None:
    """Whom somebody nudges within the time; raises redis.RedisError."""
    nudged = client.blpop([key.value for key in Wakes], timeout=seconds)
    if nudged is None:
        return None
    key = nudged[0]
    return Wakes(key.decode() if isinstance(key, bytes) else key)
