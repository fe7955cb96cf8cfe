"""Server-sent events: few streams a process, each for a minute, so that the server's threads stay free."""

import threading
from collections.abc import Iterator

from flask import Response
from flask.typing import ResponseReturnValue

# A stream holds a thread of the server (bot/serving.py has 16); half of them must stay free.
CONSOLE, WALL = 5, 3
LIFE = 50.0  # seconds; then the browser asks anew, and is let in if there is room
RETRY = "retry: 3000\n\n"


class Places:
    """So many streams at once; whoever finds none goes on asking from time to time."""

    def __init__(self, most: int) -> None:
        self._places = threading.BoundedSemaphore(most)

    def taken_by(self, lines: Iterator[str]) -> ResponseReturnValue:
        """The stream, or 204, after which a browser does not try again by itself."""
        if not self._places.acquire(blocking=False):
            return "", 204
        response = Response(lines, mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"
        response.headers["Cache-Control"] = "no-store"
        response.call_on_close(self._places.release)
        return response
