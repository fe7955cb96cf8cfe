"""Answers kept for some seconds: many screens ask for the same figures."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

MOST = 64


@dataclass(slots=True)
class Cache:
    """One thread works an answer out, the others wait for it."""

    seconds: float
    _kept: dict[Hashable, tuple[float, Any]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        with self._lock:
            made_at, value = self._kept.get(key, (0.0, None))
            if key in self._kept and time.monotonic() - made_at < self.seconds:
                return value
            value = make()
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[key] = (time.monotonic(), value)
            return value
