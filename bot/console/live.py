"""Tell open pages within seconds that something changed: server-sent events, bounded."""

import threading
import time
from collections.abc import Iterator

import sqlalchemy as sa
from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.access.signed_in import only
from bot.console.may import STAFF
from bot.parts import Parts
from bot.streams import CONSOLE, LIFE, RETRY, Places
from config.database import Database
from handlers.tickets.models import Ticket

EVERY = 2.0
RECENT = 20_000  # tickets that can still change; an index on updated_at would cost each write


class Pulse:
    """The last change of any ticket, asked of the database once in two seconds for all streams."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._asked = 0.0
        self._last = ""
        self.places = Places(CONSOLE)

    def last(self) -> str:
        with self._lock:
            if time.monotonic() - self._asked >= EVERY:
                self._last = self._read()
                self._asked = time.monotonic()
            return self._last

    def _read(self) -> str:
        try:
            with self._database.reading() as session:
                return newest(session)
        except SQLAlchemyError:
            return self._last  # pages keep what they show; the next ask may succeed


def newest(session: Session) -> str:
    """A mark that differs once any ticket was opened or changed."""
    last = session.scalar(sa.select(sa.func.max(Ticket.id))) or 0
    query = sa.select(sa.func.max(Ticket.updated_at), sa.func.sum(Ticket.version)).where(
        Ticket.id > last - RECENT
    )
    moment, versions = session.execute(query).one()
    return f"{last}:{versions or 0}:{moment.timestamp() if moment else 0}"


def register(console: Blueprint, parts: Parts) -> None:
    pulse = Pulse(parts.database)

    @console.get("/events")
    @only(*STAFF)
    def events() -> ResponseReturnValue:
        """`changed` when a ticket did; ends after a minute, and the browser asks anew.

        It begins at what the page showed (`since`) or at what the browser was told last.
        """
        since = request.headers.get("Last-Event-ID") or request.args.get("since")
        return pulse.places.taken_by(_stream(pulse, since))


def _stream(pulse: Pulse, since: str | None = None) -> Iterator[str]:
    yield RETRY
    before = since or pulse.last()
    ends = time.monotonic() + LIFE
    while time.monotonic() < ends:
        now = pulse.last()
        yield f"event: changed\nid: {now}\ndata: 1\n\n" if now != before else ": still here\n\n"
        before = now
        time.sleep(EVERY)
