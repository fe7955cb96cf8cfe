"""Run what is due every so often, each time in one of the processes only."""

import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import nudge, process_state
from bot.jobs import ENDING, Parts, Timer

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.2
THREADS = 2


@dataclass(slots=True)
class Timers:
    """Runs in a thread until `stop`; a timer that still runs is not started again."""

    parts: Parts
    timers: Mapping[str, Timer]
    stop: threading.Event
    wake: threading.Event = field(default_factory=threading.Event)
    _nudged: set[str] = field(default_factory=set)
    _due: dict[str, float] = field(default_factory=dict)
    _running: dict[str, Future[None]] = field(default_factory=dict)

    def run(self) -> None:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="timer") as pool:
            while not self.stop.is_set():
                self._start_due(pool)
                self.wake.wait(LOOK_SECONDS)
            log.info(
                "timers_stopping", running=[n for n, f in self._running.items() if not f.done()]
            )

    def _start_due(self, pool: ThreadPoolExecutor) -> None:
        if self.wake.is_set():
            self.wake.clear()
            self._nudged.update(name for name, timer in self.timers.items() if timer.on_nudge)
        now = time.monotonic()
        for name, timer in self.timers.items():
            before = self._running.get(name)
            is_due = now >= self._due.get(name, 0.0)
            by_nudge = name in self._nudged
            if (before is not None and not before.done()) or not (is_due or by_nudge):
                continue
            self._nudged.discard(name)
            self._due[name] = now + timer.seconds
            run = pool.submit(self._run, name, timer, by_nudge=by_nudge)
            run.add_done_callback(partial(_log_failure, name))
            self._running[name] = run

    def _run(self, name: str, timer: Timer, *, by_nudge: bool) -> None:
        ENDING.set(self.stop)
        every = timedelta(seconds=timer.seconds)
        now = self.parts.clock.now()
        with self.parts.database.scope() as session:
            is_ours = process_state.take_turn(session, f"timer:{name}", now, every)
        if is_ours or by_nudge:
            with nudge.from_a_timer():
                timer.run(self.parts)


def _log_failure(name: str, run: Future[None]) -> None:
    """A timer that failed runs again at its next time; its future keeps what it raised."""
    error = run.exception()
    if isinstance(error, SQLAlchemyError):
        log.warning("database_down", part=f"timer:{name}", error=type(error).__name__)
    elif error is not None:
        log.error("timer_failed", name=name, exc_info=error)
