"""Wake the relay after a commit, so that a message leaves within a second."""

import time

import redis
import structlog

from config.redis import with_timeout

log = structlog.get_logger(__name__)

KEY = "gridbot:nudge"
# A callback waits no longer than this for a Redis that does not answer, and after that for none.
SECONDS = 0.05
REST_SECONDS = 5.0


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
        try:
            with self._client.pipeline(transaction=False) as pipe:
                pipe.lpush(KEY, "1")
                pipe.ltrim(KEY, 0, 0)
                pipe.execute()
        except redis.RedisError as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            log.info("nudge_failed", error=type(error).__name__)


def wait(client: redis.Redis, seconds: int) -> bool:
    """Whether somebody nudges within the time; raises redis.RedisError."""
    return client.blpop([KEY], timeout=seconds) is not None
