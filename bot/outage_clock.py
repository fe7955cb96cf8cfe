"""Let time act on outages, each piece of work in a transaction of its own."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog
from sqlalchemy.exc import OperationalError

from bot.jobs import is_ending
from bot.parts import Parts
from handlers.outages import timers
from handlers.outages.timers import Chore

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Contained:
    """Keeps what one piece of work raised, so that the others go on.

    A database that is away or busy is no fault of the piece: that passes, and all is tried again.
    """

    error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> bool:
        if isinstance(error, Exception) and not isinstance(error, OperationalError):
            self.error = error
        return self.error is not None


def tick(parts: Parts) -> None:
    """Do what is due, then page after page until nothing is left to expand."""
    with parts.looking() as desk:
        chores = timers.due(desk)
    for chore in chores:
        if is_ending():
            return
        _do(parts, chore)
    while not is_ending() and (page := _next_page(parts)) is not None and _do(parts, page):
        pass


def _next_page(parts: Parts) -> Chore | None:
    with parts.looking() as desk:
        return timers.next_page(desk)


def _do(parts: Parts, chore: Chore) -> bool:
    """Whether to go on: not where another process is at the same."""
    done = True
    with Contained() as contained, parts.working() as desk:
        done = timers.do(desk, chore)
    if contained.error is not None:
        with parts.working() as desk:
            failures = timers.note_failure(desk, chore, contained.error)
        log.error(
            "outage_work_failed",
            work=chore.work,
            key=chore.key,
            failures=failures,
            exc_info=contained.error,
        )
    return done
