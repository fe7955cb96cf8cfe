"""Ledgers: the reply window of a resident, rates over a span, counts of a day or a month."""

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from bot.simulator.parts.clock import HOUR, MINUTE
from bot.simulator.parts.errors import Refusal

CHINA = timezone(timedelta(hours=8))
# What a resident's action allows in customer-service messages (rule of 2023-06-12).
MESSAGE = (5, 48 * HOUR)
CLICK = (3, MINUTE)
FOLLOW = (3, MINUTE)
SCAN = (3, MINUTE)


def today(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).astimezone(CHINA).strftime("%Y-%m-%d")


def month(now: float) -> str:
    return today(now)[:7]


@dataclass(slots=True)
class ReplyWindow:
    """Customer-service messages still allowed; each action raises, none adds up."""

    remaining: int = 0
    until: float = 0.0

    def grant(self, allowance: tuple[int, int], now: float) -> None:
        count, seconds = allowance
        left = self.remaining if now <= self.until else 0
        self.remaining = max(left, count)
        self.until = max(self.until, now + seconds)

    def take(self, now: float) -> None:
        if now > self.until:
            raise Refusal(45015)
        if self.remaining <= 0:
            raise Refusal(45047)
        self.remaining -= 1


@dataclass(slots=True)
class RateWindow:
    """At most `limit` within any `span` seconds, counted per key."""

    limit: int
    span: float
    _seen: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def allow(self, key: str, now: float) -> bool:
        seen = self._seen[key]
        while seen and seen[0] <= now - self.span:
            seen.popleft()
        if len(seen) >= self.limit:
            return False
        seen.append(now)
        return True


@dataclass(slots=True)
class DailyQuota:
    """Calls of each API path today against its limit; a path without a limit is free."""

    limits: dict[str, int]
    _used: Counter[tuple[str, str]] = field(default_factory=Counter)

    def take(self, path: str, now: float) -> None:
        key = (path, today(now))
        limit = self.limits.get(path)
        if limit is not None and self._used[key] >= limit:
            raise Refusal(45009)
        self._used[key] += 1

    def used(self, path: str, now: float) -> int:
        return self._used[(path, today(now))]

    def clear(self) -> None:
        self._used.clear()

    def report(self, now: float) -> dict[str, dict[str, int | None]]:
        day = today(now)
        paths = sorted({path for path, when in self._used if when == day} | set(self.limits))
        return {
            path: {"used": self._used[(path, day)], "limit": self.limits.get(path)}
            for path in paths
        }
