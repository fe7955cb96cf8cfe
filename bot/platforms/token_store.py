"""Where processes share an access token: Redis, which may be down at any moment."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import redis
import structlog

log = structlog.get_logger(__name__)

# In its last five minutes stable_token gives a new token, and both hold for five minutes.
EARLY = 240
LOCK_SECONDS = 20  # longer than a fetch may take


@dataclass(frozen=True, slots=True)
class Token:
    """Moments are seconds since the epoch of the real clock, not of a demonstration's."""

    value: str
    expires_at: float
    refresh_at: float

    @classmethod
    def issued(cls, value: str, seconds: float, now: float) -> "Token":
        return cls(value, now + seconds, now + seconds - min(EARLY, seconds / 2))

    def holds(self, now: float) -> bool:
        return now < self.expires_at

    def is_fresh(self, now: float) -> bool:
        return now < self.refresh_at


class TokenStore:
    """One token under one name. Every trouble of Redis counts as: nothing is shared."""

    def __init__(self, name: str, client: redis.Redis | None) -> None:
        self._key = f"gridbot:token:{name}"
        self._client = client

    def read(self) -> Token | None:
        if self._client is None:
            return None
        try:
            stored: Any = self._client.get(self._key)
            return Token(**json.loads(stored)) if stored else None
        except (redis.RedisError, ValueError, TypeError) as error:
            self._tell(error)
            return None

    def write(self, token: Token, seconds: float) -> None:
        if self._client is None:
            return
        try:
            self._client.set(self._key, json.dumps(asdict(token)), ex=max(1, int(seconds)))
        except redis.RedisError as error:
            self._tell(error)

    @contextmanager
    def turn(self, wait: float) -> Iterator[bool]:
        """Whether it is this process's turn to fetch; it waits so long for another's turn to end.

        Without Redis it always is.
        """
        lock = self._lock()
        is_ours = lock is None or self._acquired(lock, wait)
        try:
            yield is_ours
        finally:
            if lock is not None and is_ours:
                self._release(lock)

    def _lock(self) -> Any:
        if self._client is None:
            return None
        return self._client.lock(f"{self._key}:turn", timeout=LOCK_SECONDS, sleep=0.05)

    def _acquired(self, lock: Any, wait: float) -> bool:
        try:
            return bool(lock.acquire(blocking=wait > 0, blocking_timeout=wait or None))
        except redis.RedisError as error:
            self._tell(error)
            return True

    def _release(self, lock: Any) -> None:
        try:
            lock.release()
        except redis.RedisError as error:  # LockError too: it had expired, or was never set
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        log.info("token_not_shared", why=type(error).__name__)
