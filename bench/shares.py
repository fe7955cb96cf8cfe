"""Where the processor time of a message goes, by stage, measured by the interpreter's profiler."""

import cProfile
import io
import pstats
import sys
import time
from collections.abc import Sequence
from typing import Any

from bench import mix
from bench.figures import Figure
from bot import wiring
from bot.app import create_app
from config.settings import Settings

MESSAGES = 300
# Stage: (file's end, function) whose time, with all they call, is the stage's.
STAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "verify, decrypt, read": (
        ("callbacks/doors.py", "open_push"),
        ("callbacks/reading.py", "read"),
    ),
    "understand": (("conversation/engine.py", "_understand"),),
    "open the ledger: one statement": (("conversation/inbox.py", "open_turn"),),
    "the answer's own work and reads": (
        ("conversation/resident.py", "answer"),
        ("handlers/reactions.py", "settle"),
    ),
    "close the ledger: one statement": (("conversation/inbox.py", "close_turn"),),
    "session, begin and commit": (("config/database.py", "scope"),),
    "write, encrypt, sign": (("callbacks/saying.py", "passive"),),
}


def run(settings: Settings) -> list[Figure]:
    """One thread, no server around it; a profiler makes calls dearer than what they do."""
    parts = wiring.build(settings)
    app = create_app(parts)
    figures = [
        figure
        for what, kinds in (("questions", mix.QUESTIONS), ("an evening's mix", mix.EVENING))
        for figure in _split(app, settings, what, kinds)
    ]
    parts.database.close()
    return figures


def _split(app: Any, settings: Settings, what: str, kinds: Sequence[mix.Kind]) -> list[Figure]:
    _answer(app, mix.requests(settings, kinds, MESSAGES))
    profile = cProfile.Profile(time.thread_time)
    pushes = mix.requests(settings, kinds, MESSAGES)
    began = time.thread_time()
    _answer(app, pushes)
    plain = (time.thread_time() - began) / MESSAGES * 1000
    pushes = mix.requests(settings, kinds, MESSAGES)
    profile.enable()
    _answer(app, pushes)
    profile.disable()
    return _figures(what, pstats.Stats(profile), plain)


def _figures(what: str, stats: Any, plain: float) -> list[Figure]:
    """The plain run's milliseconds, split as the profiled run was."""
    whole = stats.total_tt
    found = {stage: sum(_time(stats, *one) for one in which) for stage, which in STAGES.items()}
    found["Flask and the rest"] = whole - sum(found.values())
    asked = _calls(stats, "psycopg/cursor.py", "execute") / MESSAGES
    head = f"processor time of a message, {what}"
    return [
        Figure(head, f"{plain:.2f} ms, {asked:.1f} statements and the commit", "", None),
        *(
            Figure(f"· {stage}", f"{seconds / whole * plain:.2f} ms", "", seconds / whole)
            for stage, seconds in found.items()
        ),
    ]


def _calls(stats: Any, file: str, function: str) -> int:
    return sum(
        row[1]
        for (path, _line, name), row in stats.stats.items()
        if name == function and path.endswith(file)
    )


def _time(stats: Any, file: str, function: str) -> float:
    return sum(
        row[3]
        for (path, _line, name), row in stats.stats.items()
        if name == function and path.endswith(file)
    )


def _answer(app: Any, pushes: Sequence[bytes]) -> None:
    for push in pushes:
        status: list[str] = []
        answer = app(
            _environ(push), lambda line, _headers, _error=None, kept=status: kept.append(line)
        )
        list(answer)
        answer.close()
        if not status[0].startswith("200"):
            raise RuntimeError(f"answered with {status[0]}")


def _environ(push: bytes) -> dict[str, Any]:
    head, _, body = push.partition(b"\r\n\r\n")
    path, _, query = head.split(b" ")[1].decode().partition("?")
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "b",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "text/xml",
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
    }
