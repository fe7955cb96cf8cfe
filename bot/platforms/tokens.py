"""Access tokens: one refresher for all processes, and the old token honoured meanwhile."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

import redis
import structlog

from bot.platforms.errors import PlatformUnreachableError
from bot.platforms.token_store import Token, TokenStore

log = structlog.get_logger(__name__)

WAIT_SECONDS = 8.0  # for another process that is fetching
FORCE_EVERY = 60  # stable_token takes a forced refresh 20 times a day, 30 seconds apart


class Fetch(Protocol):
    """Asks the platform for (token, seconds it lives); `force`: a new one, where that is possible."""

    def __call__(self, *, force: bool) -> tuple[str, float]: ...


class TokenProvider:
    """The current token of one application. Threads share it; processes share it through Redis.

    Without Redis every process fetches for itself: stable_token and gettoken give all the same.
    """

    def __init__(
        self,
        name: str,
        fetch: Fetch,
        client: redis.Redis | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = TokenStore(name, client)
        self._fetch = fetch
        self._clock = clock
        self._known: Token | None = None
        self._forced_at = float("-inf")
        self._mutex = threading.Lock()

    def token(self) -> str:
        """A token that holds now; raises ChannelError where there is none and none to be had."""
        known = self._known
        if known is None or not known.holds(self._clock()):
            with self._mutex:
                return self._renewed().value
        if not known.is_fresh(self._clock()) and self._mutex.acquire(blocking=False):
            try:
                return self._renewed().value
            except PlatformUnreachableError as error:
                log.warning("token_refresh_failed", why=str(error))
            finally:
                self._mutex.release()
        return known.value

    def replace(self, refused: str) -> str:
        """Another token than this one, which the platform no longer takes."""
        with self._mutex:
            if self._known is not None and self._known.value != refused:
                return self._known.value
            self._known = None
            with self._store.turn(WAIT_SECONDS):
                shared = self._store.read()
                if shared and shared.value != refused and shared.holds(self._clock()):
                    self._known = shared
                    return shared.value
                return self._fetched(refused).value

    def seconds_left(self) -> float | None:
        """How long the present token still holds; None where none was fetched. Asks nobody."""
        found = self._found()
        return found.expires_at - self._clock() if found else None

    def _renewed(self) -> Token:
        """What another thread or process has fetched by now, else a fetched one."""
        found = self._found()
        if found and found.is_fresh(self._clock()):
            return self._keep(found)
        with self._store.turn(0 if found else WAIT_SECONDS) as is_ours:
            if found and not is_ours:
                return self._keep(found)  # another process is at it; the old one still holds
            found = self._found()
            if found and found.is_fresh(self._clock()):
                return self._keep(found)
            return self._fetched()

    def _found(self) -> Token | None:
        """The youngest token known here or in Redis that still holds."""
        tokens = [t for t in (self._known, self._store.read()) if t and t.holds(self._clock())]
        return max(tokens, key=lambda token: token.expires_at, default=None)

    def _keep(self, token: Token) -> Token:
        self._known = token
        return token

    def _fetched(self, refused: str = "") -> Token:
        """Ask the platform; force a new token only where it gives the refused one again."""
        value, seconds = self._fetch(force=False)
        if value == refused and self._clock() - self._forced_at >= FORCE_EVERY:
            self._forced_at = self._clock()
            value, seconds = self._fetch(force=True)
        token = Token.issued(value, seconds, self._clock())
        self._store.write(token, seconds)
        return self._keep(token)
