"""One outage whose work fails holds up no other, and a person hears of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from bot import outage_clock
from config.database import Database
from handlers import reactions
from handlers.desk import Desk
from handlers.outages import alerts, notices, service
from handlers.outages.models import Outage, OutageState, OutageStep, OutageTrouble
from notifier.models import OutboxMessage
from tests.handlers.outages.conftest import columns, customer, resident
from tests.support.desks import NOW, fill_registry, make_desk


@dataclass
class Parts:
    """What the clock needs of `bot.parts.Parts`."""

    database: Database
    now = NOW

    @contextmanager
    def working(self) -> Iterator[Desk]:
        with self.database.scope() as session:
            desk = make_desk(session, now=self.now)
            yield desk
            reactions.settle(desk)

    @contextmanager
    def looking(self) -> Iterator[Desk]:
        with self.database.reading() as session:
            yield make_desk(session, now=self.now)


@pytest.fixture
def parts(database: Database) -> Parts:
    """Two temporary outages of different areas, published for the day after tomorrow."""
    with database.scope() as session:
        fill_registry(session)
        desk = make_desk(session)
        for number in range(3):
            resident(desk, f"o{number}", customer(desk, f"369900000{number}"))
        starts = desk.now + timedelta(days=2)
        for code, area in (("TD01", "TQ0001"), ("TD02", "TQ0002")):
            asked = columns(
                desk, "temporary", outage_code=code, area_codes=[area], starts_at=starts,
                ends_at=starts + timedelta(hours=2),
            )  # fmt: skip
            outage, _ = service.draft(desk, asked, by="deng")
            service.publish(desk, outage, by="command")
    return Parts(database)


def states(parts: Parts) -> dict[str, str]:
    with parts.looking() as desk:
        return {one.outage_code: one.state for one in desk.session.query(Outage)}


def pages(parts: Parts) -> list[str]:
    with parts.looking() as desk:
        found = desk.session.query(OutboxMessage).filter_by(kind="outage_trouble")
        return sorted(message.target for message in found)


def break_one(monkeypatch, module, name: str, *, error: Exception | None = None) -> dict[str, bool]:
    """Let the function fail for TD01 while `["is_broken"]`."""
    real, switch = getattr(module, name), {"is_broken": True}

    def fail(desk, subject, *arguments, **options):
        outage_id = subject.outage_id if isinstance(subject, OutageStep) else subject.id
        if switch["is_broken"] and desk.session.get(Outage, outage_id).outage_code == "TD01":
            desk.session.query(Outage).filter_by(outage_code="TD02").update({"reason": "half done"})
            raise error or KeyError("a bug")
        return real(desk, subject, *arguments, **options)

    monkeypatch.setattr(module, name, fail)
    return switch


def test_an_outage_that_cannot_start_holds_up_no_other(parts, monkeypatch):
    switch = break_one(monkeypatch, service, "start")
    parts.now = NOW + timedelta(days=2)
    with structlog.testing.capture_logs() as logs:
        outage_clock.tick(parts)
    assert states(parts) == {"TD01": OutageState.PUBLISHED, "TD02": OutageState.UNDER_WAY}
    (said,) = [line for line in logs if line["event"] == "outage_work_failed"]
    assert (said["work"], said["failures"]) == ("start", 1)
    with parts.looking() as desk:
        assert desk.session.query(Outage).filter_by(outage_code="TD02").one().reason != "half done"
    switch["is_broken"] = False
    parts.now += timedelta(seconds=10)
    outage_clock.tick(parts)
    assert states(parts)["TD01"] == OutageState.UNDER_WAY
    with parts.looking() as desk:
        assert desk.session.query(OutageTrouble).count() == 0


def test_pages_of_others_are_expanded_and_the_failing_ones_come_again(parts, monkeypatch):
    monkeypatch.setattr(notices, "PAGE", 1)
    switch = break_one(monkeypatch, notices, "expand")
    parts.now = NOW + timedelta(days=2, minutes=-30)
    outage_clock.tick(parts)

    def half_hour(code: str) -> int:
        with parts.looking() as desk:
            mine = desk.session.query(OutboxMessage).filter_by(outage_code=code)
            return mine.filter_by(step="half_hour_before").count()

    with parts.working() as desk:
        resident(desk, "o9", customer(desk, "3699000009", area="TQ0002", building="4"))
    assert half_hour("TD01") == 0
    switch["is_broken"] = False
    parts.now += timedelta(seconds=10)
    outage_clock.tick(parts)
    assert half_hour("TD01") == 3


def test_who_answers_for_it_is_paged_once_it_fails_again(parts, monkeypatch):
    break_one(monkeypatch, alerts, "warn_estimate")
    parts.now = NOW + timedelta(days=2, hours=2)
    outage_clock.tick(parts)
    parts.now += timedelta(seconds=1)
    outage_clock.tick(parts)
    assert pages(parts) == []
    for _ in range(4):
        parts.now += timedelta(minutes=15)
        outage_clock.tick(parts)
    assert pages(parts) == ["admin", "command", "deng"]
    with parts.looking() as desk:
        trouble = desk.session.query(OutageTrouble).one()
        assert (trouble.work, trouble.error) == ("warn", "KeyError")
        assert trouble.failures == 5


def test_a_database_that_is_away_is_nobodys_fault(parts, monkeypatch):
    away = OperationalError("UPDATE", {}, Exception("the server closed the connection"))
    break_one(monkeypatch, service, "start", error=away)
    parts.now = NOW + timedelta(days=2)
    with pytest.raises(OperationalError):
        outage_clock.tick(parts)
    with parts.looking() as desk:
        assert desk.session.query(OutageTrouble).count() == 0
