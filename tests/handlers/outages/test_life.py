"""From draft to archive."""

from datetime import timedelta

import pytest

from handlers.errors import DomainError, StateConflictError
from handlers.grid.models import TransformerArea
from handlers.outages import service, targeting
from handlers.outages.events import OutagePublished, OutageRestored, OutageStarted
from handlers.outages.models import OutageState
from tests.handlers.outages.conftest import at, columns, outbox, tick


def _kinds_of(desk):
    return [type(event) for event in desk.happened]


def test_a_fault_is_under_way_as_soon_as_it_is_published(desk, published):
    outage = published("fault")
    assert outage.state == OutageState.UNDER_WAY
    assert outage.estimate_as_of == desk.now
    assert _kinds_of(desk) == [OutagePublished, OutageStarted]


def test_a_plan_starts_by_the_clock_and_is_archived_after_days(desk, published):
    outage = published()
    at(desk, outage.starts_at)
    tick(desk)
    assert outage.state == OutageState.UNDER_WAY
    at(desk, outage.ends_at)
    service.restore(desk, outage, by="he")
    assert outage.state == OutageState.RESTORED
    assert _kinds_of(desk)[-1] is OutageRestored
    at(desk, outage.ends_at + timedelta(days=7))
    tick(desk)
    assert outage.state == OutageState.ARCHIVED


@pytest.fixture
def wide(desk):
    desk.session.get_one(TransformerArea, "TQ0001").households = 3001
    outage, _ = service.draft(desk, columns(desk), by="deng")
    return outage


def test_a_wide_outage_waits_for_another_pair_of_eyes(desk, wide):
    with pytest.raises(StateConflictError):
        service.publish(desk, wide, by="deng")
    service.approve(desk, wide, by="deng")
    with pytest.raises(StateConflictError):
        service.publish(desk, wide, by="deng")
    assert wide.state == OutageState.IN_REVIEW
    assert outbox(desk) == []
    service.publish(desk, wide, by="command")
    assert wide.state == OutageState.PUBLISHED


def test_a_changed_draft_must_be_approved_anew(desk, wide):
    service.approve(desk, wide, by="deng")
    service.change(desk, wide, {"reason": "更换电缆"}, by="deng")
    with pytest.raises(StateConflictError):
        service.publish(desk, wide, by="command")


def test_no_change_makes_a_published_outage_wide(desk, published):
    outage = published(area_codes=["TQ0002"])
    desk.session.get_one(TransformerArea, "TQ0001").households = 3001
    with pytest.raises(StateConflictError, match="另一个人审核"):
        service.change(desk, outage, {"area_codes": ["TQ0001", "TQ0002"]}, by="command")
    assert targeting.codes(outage) == ["TQ0002"]


def test_exactly_three_thousand_households_are_not_wide(desk, wide):
    desk.session.get_one(TransformerArea, "TQ0001").households = 3000
    service.publish(desk, wide, by="deng")
    assert wide.state == OutageState.PUBLISHED


def test_a_draft_that_became_late_is_not_published(desk):
    outage, _ = service.draft(desk, columns(desk), by="deng")
    at(desk, desk.now + timedelta(days=3))
    with pytest.raises(DomainError) as caught:
        service.publish(desk, outage, by="command")
    assert caught.value.field == "late_reason"
    assert outage.state == OutageState.DRAFT
    service.change(desk, outage, {"late_reason": "审核耽搁"}, by="deng")
    service.publish(desk, outage, by="command")


@pytest.mark.parametrize(
    ("verb", "action"),
    [("later", "delayed"), ("sooner", "early"), ("reason", "changed")],
)
def test_a_change_says_in_the_history_what_it_was(desk, published, verb, action):
    outage = published()
    hour = timedelta(hours=1)
    new = {
        "later": {"ends_at": outage.ends_at + hour},
        "sooner": {"ends_at": outage.ends_at - hour},
        "reason": {"reason": "更换电缆"},
    }[verb]
    service.change(desk, outage, new, by="deng")
    desk.session.refresh(outage)
    assert outage.events[-1].action == action
    assert outage.events[-1].facts["before"]["reason"] == "更换变压器"


def test_a_change_of_nothing_tells_nobody(desk, published):
    outage = published()
    before = len(outbox(desk))
    with pytest.raises(DomainError):
        service.change(desk, outage, {"reason": outage.reason}, by="deng")
    assert len(outbox(desk)) == before


def test_what_is_over_can_be_neither_changed_nor_restored_nor_published(desk, published):
    outage = published("fault")
    service.restore(desk, outage, by="he")
    for step in (service.cancel, service.restore, service.publish, service.approve):
        with pytest.raises(StateConflictError):
            step(desk, outage, by="deng")
    with pytest.raises(StateConflictError):
        service.change(desk, outage, {"reason": "别的"}, by="deng")


def test_what_is_under_way_is_restored_and_not_cancelled(desk, published):
    with pytest.raises(StateConflictError):
        service.cancel(desk, published("fault"), by="deng")


def test_what_has_not_begun_is_cancelled_and_not_restored(desk, published):
    outage = published()
    with pytest.raises(StateConflictError):
        service.restore(desk, outage, by="deng")
    service.cancel(desk, outage, by="deng")
    assert outage.state == OutageState.CANCELLED


@pytest.mark.parametrize("minutes", [-60, 60])
def test_power_cannot_come_back_before_it_went_or_in_the_future(desk, published, minutes):
    outage = published("fault")
    with pytest.raises(DomainError) as caught:
        service.restore(desk, outage, by="he", at=desk.now + timedelta(minutes=minutes))
    assert caught.value.field == "at"
    assert outage.state == OutageState.UNDER_WAY
