"""Reports of one area within minutes become a suspicion, and a person decides."""

from datetime import timedelta

import pytest

from handlers.errors import StateConflictError
from handlers.grid.models import TransformerArea
from handlers.outages import incidents, queries, service
from handlers.outages.events import IncidentConfirmed, IncidentSuspected
from handlers.outages.models import Kind, OutageState
from notifier.models import OutboxMessage
from tests.handlers.outages.conftest import at, tick


def _report(desk, number, area="TQ0001", **more):
    return incidents.note_report(desk, area, {"ticket": f"T{number}", "building": "2"} | more)


def _alerts(desk, kind="outage_suspected"):
    return desk.session.query(OutboxMessage).filter_by(kind=kind).all()


@pytest.fixture
def suspected(desk):
    return [_report(desk, number) for number in range(3)][-1]


def test_three_reports_in_ten_minutes_alert_the_duty_officers_once(desk, suspected):
    assert suspected.state == incidents.SUSPECTED
    assert _report(desk, 4) is suspected
    assert {m.target for m in _alerts(desk)} == {"command", "deng"}
    assert len(_alerts(desk)) == 2
    assert [type(e) for e in desk.happened] == [IncidentSuspected]
    assert "棉纺一厂宿舍1-3栋" in _alerts(desk)[0].payload["text"]


def test_one_household_counts_once(desk):
    assert [_report(desk, 1) for _ in range(5)] == [None] * 5


def test_reports_far_apart_are_no_suspicion(desk):
    for number in range(6):
        assert _report(desk, number) is None
        at(desk, desk.now + timedelta(minutes=6))


def test_a_small_area_needs_fewer_reports(desk):
    desk.session.get_one(TransformerArea, "TQ0001").households = 40
    assert _report(desk, 1) is None
    assert _report(desk, 2) is not None


def test_at_night_fewer_reports_are_enough(desk):
    at(desk, desk.now.replace(hour=2))
    assert _report(desk, 1) is None
    assert _report(desk, 2) is not None


def test_more_reports_make_it_more_probable(desk, suspected):
    before = suspected.probability
    _report(desk, 9)
    assert before < suspected.probability < 1


def test_false_alarms_make_the_next_one_less_probable(desk, suspected):
    before = suspected.probability
    incidents.dismiss(desk, suspected, by="command")
    at(desk, desk.now + timedelta(hours=1))
    again = [_report(desk, number) for number in range(10, 13)][-1]
    assert again.id != suspected.id
    assert again.probability < before


def test_confirmed_it_is_a_published_fault_from_the_first_report_on(desk, suspected):
    at(desk, desk.now + timedelta(minutes=5))
    outage = incidents.confirm(desk, suspected, by="command", reason="低压电缆烧损")
    assert (outage.kind, outage.state) == (Kind.FAULT, OutageState.UNDER_WAY)
    assert outage.starts_at == desk.now - timedelta(minutes=5)
    assert suspected.outage_code == outage.outage_code
    assert incidents.is_known(desk, "C001")
    assert desk.happened[-1] == IncidentConfirmed(suspected.id, outage.id, "command")


def test_it_is_decided_once(desk, suspected):
    incidents.confirm(desk, suspected, by="command")
    with pytest.raises(StateConflictError):
        incidents.dismiss(desk, suspected, by="command")


def test_no_power_after_a_restoration_is_nested_in_that_outage(desk, suspected):
    first = incidents.confirm(desk, suspected, by="command")
    service.restore(desk, first, by="he")
    at(desk, desk.now + timedelta(hours=1))
    again = [_report(desk, number) for number in range(20, 23)][-1]
    nested = incidents.confirm(desk, again, by="command")
    assert nested.parent_code == first.outage_code
    assert queries.restored_lately(desk.session, "C001", "1", desk.now) is first


def test_in_a_storm_a_digest_takes_the_place_of_alerts(desk):
    for number in range(12):
        area = TransformerArea(
            area_code=f"S{number:02d}", name=f"风暴{number}号公变", feeder_code="F01",
            grid_code="CD01", kind="public", capacity_kva=100, households=150,
        )  # fmt: skip
        desk.session.add(area)
        desk.session.flush()
        for reporter in range(3):
            _report(desk, f"{number}-{reporter}", area=area.area_code)
        tick(desk)
    at_most = desk.tables.outages.storm_incidents * 2
    assert len(_alerts(desk)) <= at_most
    digests = _alerts(desk, "outage_storm")
    assert {m.target for m in digests} == {"command", "deng"}
    assert len(digests) == 2
