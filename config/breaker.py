"""Leave a service alone after several failures in a row."""

import threading
from collections.abc import Callable
from typing import TypeVar

import pybreaker

T = TypeVar("T")


class RestingError(Exception):
    """The service failed several times in a row and is not asked for a while."""


class Breaker:
    """Counts failures in a row over all threads; after the rest one call tries the service again.

    pybreaker holds its lock during a call, which would let one call through at a time; so while
    all is well it is only told how a call ended.
    """

    def __init__(self, failures: int, rest_seconds: float) -> None:
        self._state = pybreaker.CircuitBreaker(failures, rest_seconds)
        self._probe = threading.Lock()

    @property
    def is_resting(self) -> bool:
        return bool(self._state.current_state == pybreaker.STATE_OPEN)

    def call(self, ask: Callable[[], T], *, failure: type[Exception]) -> T:
        """The service's answer. Errors other than `failure` are none of the service's.

        Raises RestingError without asking while the service rests or another call tries it.
        """
        if self._state.current_state == pybreaker.STATE_CLOSED:
            return self._told(ask, failure)
        if not self._probe.acquire(blocking=False):
            raise RestingError
        try:
            return self._state.call(ask)
        except pybreaker.CircuitBreakerError as error:
            raise RestingError from error
        finally:
            self._probe.release()

    def _told(self, ask: Callable[[], T], failure: type[Exception]) -> T:
        try:
            answer = ask()
        except failure as error:
            self._tell(error)
            raise
        self._state.call(lambda: None)
        return answer

    def _tell(self, error: Exception) -> None:
        def fail() -> None:
            raise error

        try:
            self._state.call(fail)
        except (pybreaker.CircuitBreakerError, type(error)):
            return
