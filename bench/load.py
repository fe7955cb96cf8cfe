"""A load of prepared HTTP requests over keep-alive sockets, bounded in count."""

import socket
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

SECONDS = 30.0


@dataclass(slots=True)
class Load:
    """How the requests went: rate a second, milliseconds of each, how many were not 200."""

    seconds: float
    milliseconds: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def rate(self) -> float:
        return len(self.milliseconds) / self.seconds

    def percentile(self, share: float) -> float:
        return statistics.quantiles(self.milliseconds, n=1000)[int(share * 1000) - 1]


def run(port: int, requests: Sequence[bytes], *, clients: int, rate: float | None = None) -> Load:
    """Send every request once with so many clients, at most `rate` a second in all."""
    waiting: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
    for number, request in enumerate(requests):
        waiting.put((number / rate if rate else 0.0, request))
    found = Load(0.0)
    lock = threading.Lock()
    began = time.perf_counter()
    threads = [
        threading.Thread(target=_client, args=(port, waiting, began, found, lock))
        for _ in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds = time.perf_counter() - began
    return found


def _client(
    port: int,
    waiting: "SimpleQueue[tuple[float, bytes]]",
    began: float,
    found: Load,
    lock: threading.Lock,
) -> None:
    times: list[float] = []
    failed = 0
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            try:
                due, request = waiting.get_nowait()
            except Empty:
                break
            if (early := began + due - time.perf_counter()) > 0:
                time.sleep(early)
            started = time.perf_counter()
            line.sendall(request)
            failed += not _answer(line).startswith(b"HTTP/1.1 200")
            times.append((time.perf_counter() - started) * 1000)
    with lock:
        found.milliseconds += times
        found.failed += failed


def _answer(line: socket.socket) -> bytes:
    """One whole answer with a content length."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(line)
    head, _, body = data.partition(b"\r\n\r\n")
    size = 0
    for row in head.split(b"\r\n"):
        if row.lower().startswith(b"content-length:"):
            size = int(row.split(b":")[1])
    while len(body) < size:
        body += _more(line)
    return head


def _more(line: socket.socket) -> bytes:
    data = line.recv(65536)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data
