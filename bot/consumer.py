"""An RQ worker that runs in a thread: takes jobs from a queue, and outlives Redis."""

import threading
from dataclasses import dataclass
from typing import Any

import redis
import structlog
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from bot.jobs import PARTS, Parts
from config.redis import RedisSource, RedisUnavailableError

log = structlog.get_logger(__name__)

REST_SECONDS = 1.0
PATIENCE_SECONDS = 15.0


class ThreadWorker(SimpleWorker):
    """RQ's worker without what only a process of its own may do: signals, remote commands."""

    death_penalty_class = TimerDeathPenalty
    max_connection_wait_time = REST_SECONDS
    exponential_backoff_factor = 1.0
    log_job_description = False
    stop: threading.Event

    @property
    def dequeue_timeout(self) -> int:
        """How long one look at the queue waits, and so how long stopping may take."""
        return 1

    def _install_signal_handlers(self) -> None:
        """Signals belong to the main thread."""

    def subscribe(self) -> None:
        """No remote commands: they act on the whole process."""

    def unsubscribe(self) -> None:
        """See `subscribe`."""

    def heartbeat(self, *arguments: Any, **options: Any) -> None:
        """Called between any two looks at the queue: the place to notice that we should stop."""
        if self.stop.is_set():
            raise StopRequested
        super().heartbeat(*arguments, **options)


@dataclass(slots=True)
class Consumer:
    """Runs in a thread until `stop`."""

    parts: Parts
    source: RedisSource
    queue: str
    stop: threading.Event

    def run(self) -> None:
        PARTS.set(self.parts)
        while not self.stop.is_set():
            try:
                self._work()
            except (redis.RedisError, RedisUnavailableError) as error:
                log.warning("redis_down", part=f"consumer:{self.queue}", error=type(error).__name__)
            self.stop.wait(REST_SECONDS)

    def _work(self) -> None:
        """Until we should stop, or the connection breaks."""
        self.source.ensure()
        with self.source.client(seconds=PATIENCE_SECONDS) as client:
            worker = ThreadWorker([self.queue], connection=client, serializer=JSONSerializer)
            worker.stop = self.stop
            worker.work(logging_level="WARNING")
