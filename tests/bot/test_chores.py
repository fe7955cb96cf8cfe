"""What goes batch after batch leaves the rest when its worker is asked to end."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from bot import chores, media, outage_clock
from bot.jobs import ENDING
from config.database import Database
from handlers.desk import Desk
from handlers.figures import adding, outage_promises
from handlers.outages import timers
from handlers.tickets.models import Media
from tests.support.desks import NOW, make_desk


@dataclass
class Desks:
    at: Callable[[Session], Desk] = make_desk


@dataclass
class Parts:
    """What these chores need of `bot.parts.Parts`."""

    database: Database
    desks: Desks


@pytest.fixture
def parts(database: Database) -> Parts:
    return Parts(database, Desks())


@pytest.fixture
def ending() -> Iterator[threading.Event]:
    event = threading.Event()
    token = ENDING.set(event)
    yield event
    ENDING.reset(token)


def test_figures_that_are_far_behind_are_left_to_the_next_worker(parts, ending, monkeypatch):
    batches = []

    def catch_up(_: Desk) -> int:
        batches.append("batch")
        if len(batches) == 3:
            ending.set()
        return 1

    monkeypatch.setattr(adding, "catch_up", catch_up)
    monkeypatch.setattr(outage_promises, "catch_up", catch_up)
    chores.count_figures(parts)
    assert len(batches) == 3


def test_outages_after_the_one_under_way_are_left(parts, ending, monkeypatch):
    done = []

    def do(_: Parts, chore: str) -> None:
        done.append(chore)
        ending.set()

    parts.looking = parts.database.reading
    monkeypatch.setattr(timers, "due", lambda _: ["start", "end"])
    monkeypatch.setattr(timers, "next_page", lambda _: "page")
    monkeypatch.setattr(outage_clock, "_do", do)
    outage_clock.tick(parts)
    assert done == ["start"]


def test_files_after_the_one_under_way_are_left(parts, ending, monkeypatch):
    fetched = []

    def fetch(_: Parts, number: int) -> bool:
        fetched.append(number)
        ending.set()
        return True

    sent = {"kind": "image", "platform": "official_account", "received_at": NOW}
    with parts.database.scope() as session:
        session.add_all(Media(media_id=f"m{number}", **sent) for number in range(3))
    monkeypatch.setattr(media, "_fetch", fetch)
    assert media.fetch_waiting(parts) == 1
    assert len(fetched) == 1
