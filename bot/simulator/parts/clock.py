"""A clock that tests can put forward."""

from collections.abc import Callable

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock:
    """Ledgers and expiries follow `now`; what callbacks carry follows `stamp`.

    The two are apart because the product refuses a timestamp ten minutes off its own clock: a test
    that only lets 48 hours pass on the platform puts `now` forward and leaves `stamp` alone.
    """

    def __init__(self, source: Callable[[], float]) -> None:
        self._source = source
        self.offset = 0.0
        self.callback_offset = 0.0

    def now(self) -> float:
        return self._source() + self.offset

    def stamp(self) -> int:
        return int(self._source() + self.callback_offset)

    def forward(self, seconds: float, *, callbacks: bool = False) -> None:
        self.offset += seconds
        if callbacks:
            self.callback_offset += seconds
