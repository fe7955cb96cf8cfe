"""The one clock: aware times in China's zone, which the demo may move forward."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time; `offset` lets a demonstration or a test stand elsewhere in it."""

    offset: timedelta = timedelta()
    source: Callable[[], datetime] = field(default=utc_now)

    def now(self) -> datetime:
        """The present as an aware datetime in Asia/Shanghai."""
        return (self.source() + self.offset).astimezone(CHINA)


def china(moment: datetime) -> datetime:
    """The same instant as residents and staff read it."""
    return moment.astimezone(CHINA)
