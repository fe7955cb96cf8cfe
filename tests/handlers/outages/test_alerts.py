"""Silence after a publication and estimates that lapse reach a person."""

from datetime import timedelta

from handlers.outages import service
from notifier.models import OutboxMessage
from tests.handlers.outages.conftest import at, deliver, tick


def _alerts(desk, kind):
    return desk.session.query(OutboxMessage).filter_by(kind=kind).all()


def test_a_publication_that_delivered_nothing_pages_once(desk, published):
    published()
    at(desk, desk.now + timedelta(minutes=9))
    tick(desk)
    assert _alerts(desk, "outage_canary") == []
    for _ in range(2):
        at(desk, desk.now + timedelta(minutes=2))
        tick(desk)
    assert {m.target for m in _alerts(desk, "outage_canary")} == {"command", "deng"}


def test_a_publication_that_arrived_pages_nobody(desk, published):
    published()
    deliver(desk)
    at(desk, desk.now + timedelta(minutes=20))
    tick(desk)
    assert _alerts(desk, "outage_canary") == []


def test_what_only_waits_for_the_morning_is_no_silence(desk, published):
    at(desk, desk.now.replace(hour=23))
    published()
    at(desk, desk.now + timedelta(minutes=30))
    tick(desk)
    assert _alerts(desk, "outage_canary") == []


def test_each_estimate_is_warned_of_once_before_it_lapses(desk, published):
    outage = published("fault")
    for _ in range(2):
        at(desk, outage.ends_at - timedelta(minutes=20))
        tick(desk)
        tick(desk)
        service.change(desk, outage, {"ends_at": outage.ends_at + timedelta(hours=2)}, by="he")
    assert len(_alerts(desk, "outage_estimate")) == 4
