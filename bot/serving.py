"""Serve the web application under granian (measured: docs/adr/0004)."""

import os

from granian import Granian
from granian.constants import Interfaces

TARGET = "bot.wsgi:load"
THREADS = 16
BACKLOG = 1024


def serve_web(bind: str, *, target: str = TARGET, workers: int | None = None) -> None:
    """Listen on `address:port` until a signal ends it; one process a core unless told."""
    host, _, port = bind.rpartition(":")
    Granian(
        target,
        address=host or "127.0.0.1",
        port=int(port),
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers or min(4, os.cpu_count() or 1),
        blocking_threads=THREADS,
        backlog=BACKLOG,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()
