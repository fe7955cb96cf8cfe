"""What an outage needs before it may be written down or published."""

from datetime import timedelta

import pytest

from handlers.errors import DomainError, StateConflictError
from handlers.outages import service
from handlers.outages.models import OutageState
from tests.handlers.outages.conftest import columns


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "holiday"}, "kind"),
        ({"area_codes": []}, "area_codes"),
        ({"area_codes": ["TQ9999"]}, "area_codes"),
        ({"area_codes": ["TQ0001", "TQ0001"]}, "area_codes"),
        ({"area_codes": "TQ0001;TQ8888"}, "area_codes"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"ends_at": None}, "ends_at"),
        ({"ends_at": "2026-12-05T08:00:00+08:00"}, "ends_at"),
        ({"starts_at": "2026-11-24T08:00:00+08:00"}, "starts_at"),
        ({"starts_at": "2026-11-20T08:00:00+08:00", "ends_at": "2026-11-20T09:00:00+08:00"}, "ends_at"),
        ({"starts_at": "2026-11-28T08:00:00+08:00"}, "late_reason"),
        ({"kind": "temporary", "starts_at": "2026-11-26T08:00:00+08:00"}, "late_reason"),
        ({"reason": "长" * 501}, "reason"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(desk, facts, field):
    raw = columns(desk) | facts
    with pytest.raises(DomainError) as caught:
        service.draft(desk, raw, by="deng")
    assert caught.value.field == field


def test_a_late_plan_is_taken_with_its_reason(desk):
    late = {"starts_at": desk.now + timedelta(days=3), "ends_at": desk.now + timedelta(days=4)}
    raw = columns(desk, **late, late_reason="暴雨后抢修")
    outage, _ = service.draft(desk, raw, by="deng")
    assert outage.late_reason == "暴雨后抢修"


@pytest.mark.parametrize("kind", ["fault", "restriction"])
def test_faults_and_restrictions_need_no_lead(desk, kind):
    starts_at = desk.now if kind == "fault" else desk.now + timedelta(hours=1)
    raw = columns(desk, kind, starts_at=starts_at, ends_at=desk.now + timedelta(hours=3))
    assert service.draft(desk, raw, by="deng")[0].state == OutageState.DRAFT


def test_a_plan_over_another_of_the_same_area_is_refused_and_named(desk, published):
    other = published()
    with pytest.raises(DomainError, match=other.outage_code) as caught:
        service.draft(desk, columns(desk), by="deng")
    assert caught.value.field == "starts_at"


def _three_times(desk, published, kinds):
    for weeks, kind in enumerate(kinds, start=2):
        start = desk.now.replace(hour=9) + timedelta(weeks=weeks)
        published(kind, starts_at=start, ends_at=start + timedelta(hours=2))


def test_a_second_outage_within_sixty_days_is_a_warning(desk, published):
    _three_times(desk, published, ["planned"])
    _, warnings = service.draft(desk, columns(desk), by="deng")
    assert any("第2次" in warning for warning in warnings)


def test_a_third_outage_within_sixty_days_needs_a_waiver(desk, published):
    _three_times(desk, published, ["planned", "planned"])
    with pytest.raises(DomainError) as caught:
        service.draft(desk, columns(desk), by="deng")
    assert caught.value.field == "waiver"
    raw = columns(desk, waiver="配合地铁施工")
    assert service.draft(desk, raw, by="deng")[0].waiver == "配合地铁施工"


def test_restrictions_do_not_count_towards_the_three(desk, published):
    _three_times(desk, published, ["planned", "restriction"])
    assert service.draft(desk, columns(desk), by="deng")[0].state == OutageState.DRAFT


def test_drafts_do_not_count_towards_the_three(desk, published):
    _three_times(desk, published, ["planned"])
    start = desk.now + timedelta(days=30)
    service.draft(desk, columns(desk, starts_at=start, ends_at=start + timedelta(hours=1)), by="x")
    assert service.draft(desk, columns(desk), by="deng")[0].state == OutageState.DRAFT


def test_a_wide_outage_by_day_is_advised_into_the_small_hours(desk):
    _, warnings = service.draft(desk, columns(desk, area_codes=["TQ0001", "TQ0002"]), by="deng")
    assert any("凌晨" in warning for warning in warnings)


def test_codes_run_on_by_the_day_of_the_outage(desk):
    first, _ = service.draft(desk, columns(desk), by="deng")
    second, _ = service.draft(desk, columns(desk), by="deng")
    assert (first.outage_code, second.outage_code) == ("TD2026120501", "TD2026120502")


def test_a_code_that_exists_is_a_conflict(desk):
    service.draft(desk, columns(desk, outage_code="TD2026120577"), by="deng")
    with pytest.raises(StateConflictError):
        service.draft(desk, columns(desk, outage_code="TD2026120577"), by="deng")
