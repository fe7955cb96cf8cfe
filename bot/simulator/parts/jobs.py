"""Work put off to other threads, as the platforms post their events after the answer."""

import queue
import threading
from collections.abc import Callable

MOST_THREADS = 16
Work = Callable[[], object]


class Jobs:
    """Daemon threads, so that a simulator in the middle of its retries never holds up an exit."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._threads = 0
        self._pending = 0
        self._closing = threading.Event()

    def later(self, work: Work) -> None:
        with self._changed:
            self._pending += 1
            if self._threads < min(MOST_THREADS, self._pending):
                self._threads += 1
                threading.Thread(target=self._serve, name="simulator", daemon=True).start()
        self._queue.put(work)

    def _serve(self) -> None:
        try:
            while work := self._queue.get():
                self._do(work)
        finally:
            with self._changed:
                self._threads -= 1
                self._changed.notify_all()

    def _do(self, work: Work) -> None:
        try:
            if not self._closing.is_set():
                work()
        finally:
            with self._changed:
                self._pending -= 1
                self._changed.notify_all()

    def settle(self, timeout: float) -> bool:
        """Wait until everything that was put off is done."""
        with self._changed:
            return self._changed.wait_for(lambda: self._pending == 0, timeout)

    def pause(self, seconds: float) -> bool:
        """Sleep, but wake up when the simulator closes; say whether it does."""
        return self._closing.wait(seconds)

    def close(self, timeout: float = 2.0) -> None:
        self._closing.set()
        with self._changed:
            for _ in range(self._threads):
                self._queue.put(None)
            self._changed.wait_for(lambda: self._threads == 0, timeout)
