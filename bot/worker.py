"""The worker: relays, RQ workers and timers in the threads of one process."""

import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from types import FrameType

import redis
import structlog

from bot import nudge
from bot.consumer import Consumer
from bot.jobs import TIMERS, Parts, Timer
from bot.nudge import Wakes
from bot.relay import LANES, Lane, Relay
from bot.timers import Timers
from config.redis import RedisSource

log = structlog.get_logger(__name__)

REST_SECONDS = 1.0


class Worker:
    """Start and stop it once. It needs no signals, so it may live in the demo's one process.

    Whatever part fails is logged and started again: Redis and the database may come and go.
    """

    def __init__(
        self,
        parts: Parts,
        source: RedisSource,
        timers: Mapping[str, Timer] = TIMERS,
        lanes: Sequence[Lane] = LANES,
    ) -> None:
        self._source = source
        self._delivery = parts.delivery
        self._stop = threading.Event()
        relays = [Relay(parts.delivery, source, lane, self._stop) for lane in lanes]
        timing = Timers(parts, timers, self._stop)
        relays_wake = [relay.wake for relay in relays]
        self._wakes = {Wakes.RELAYS: relays_wake, Wakes.ALL: [timing.wake, *relays_wake]}
        consumers = [Consumer(parts, source, lane.queue, self._stop) for lane in lanes]
        self._runs: dict[str, Callable[[], None]] = {
            "timers": timing.run,
            "nudges": self._listen,
            **{f"relay:{relay.lane.queue}": relay.run for relay in relays},
            **{f"consumer:{consumer.queue}": consumer.run for consumer in consumers},
        }
        self._pool = ThreadPoolExecutor(len(self._runs), thread_name_prefix="worker")

    def start(self) -> None:
        for name in self._runs:
            self._begin(name)
        log.info("worker_started", parts=sorted(self._runs))

    def stop(self) -> None:
        """Finish the calls under way, and begin no more; the worker cannot be started again."""
        self._stop.set()
        self._delivery.end()
        self._wake(Wakes.ALL)
        self._pool.shutdown()
        self._delivery.close()
        log.info("worker_stopped")

    def _begin(self, name: str) -> None:
        self._pool.submit(self._runs[name]).add_done_callback(partial(self._ended, name))

    def _ended(self, name: str, run: Future[None]) -> None:
        """A part must not end before we stop; its future keeps what it raised."""
        if self._stop.is_set():
            return
        log.error("worker_part_failed", part=name, exc_info=run.exception())
        self._stop.wait(REST_SECONDS)
        if not self._stop.is_set():
            self._begin(name)

    def _listen(self) -> None:
        """Pass nudges on; without Redis the relays and timers look by themselves."""
        while not self._stop.is_set():
            try:
                with self._source.client(seconds=5) as client:
                    while not self._stop.is_set():
                        self._wake(nudge.wait(client, 1))
            except redis.RedisError:
                self._stop.wait(REST_SECONDS)

    def _wake(self, whom: Wakes | None) -> None:
        for wake in self._wakes[whom] if whom is not None else ():
            wake.set()


def run(worker: Worker) -> None:
    """Work until SIGTERM or SIGINT: `gridbot worker`."""
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    worker.start()
    asked.wait()
    worker.stop()
