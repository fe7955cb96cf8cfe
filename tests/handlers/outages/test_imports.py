"""outages.csv is history and plan."""

from datetime import timedelta

import pytest

from handlers.errors import DomainError
from handlers.outages import imports, queries, service
from handlers.outages.models import OutageState
from tests.handlers.outages.conftest import at, outbox, tick


def _row(desk, code, starts, hours=4, **more):
    starts_at = desk.now + timedelta(hours=starts)
    return {
        "outage_code": code,
        "kind": "planned",
        "area_codes": "TQ0001;TQ0002",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=hours)).isoformat(),
        "reason": "线路改造",
        "slot_reason": "",
    } | more


@pytest.fixture
def imported(desk):
    rows = [_row(desk, "TDA", -48), _row(desk, "TDB", -1), _row(desk, "TDC", 30)]
    assert imports.import_rows(desk, rows) == imports.Imported(new=3, changed=0, same=0)
    return rows


def test_past_running_and_coming_ones_have_their_states_and_nobody_is_told(desk, imported):
    states = [o.state for o in queries.search(desk.session)]
    assert states == [OutageState.ARCHIVED, OutageState.UNDER_WAY, OutageState.PUBLISHED]
    assert outbox(desk) == []
    assert desk.happened == []


def test_later_steps_are_told(desk, imported):
    at(desk, desk.now + timedelta(hours=6))
    tick(desk)
    assert [(m.outage_code, m.step) for m in outbox(desk)] == [("TDC", "day_before")]
    service.restore(desk, service.get(desk, "TDB"), by="he")
    assert outbox(desk)[-1].step == "restoration"


def test_importing_again_changes_nothing(desk, imported):
    assert imports.import_rows(desk, imported) == imports.Imported(new=0, changed=0, same=3)


def test_a_new_window_moves_what_is_still_to_be_told(desk, imported):
    row = _row(desk, "TDC", 60)
    assert imports.import_rows(desk, [row]).changed == 1
    at(desk, desk.now + timedelta(hours=7))
    tick(desk)
    assert outbox(desk) == []
    at(desk, desk.now + timedelta(hours=30))
    tick(desk)
    assert [m.step for m in outbox(desk)] == ["day_before"]


def test_what_people_decided_stays_decided(desk, imported):
    service.restore(desk, service.get(desk, "TDB"), by="he")
    imports.import_rows(desk, [_row(desk, "TDB", -1, hours=9)])
    assert service.get(desk, "TDB").state == OutageState.RESTORED


def test_an_imported_outage_can_be_cancelled_with_word_to_its_groups(desk, imported):
    service.cancel(desk, service.get(desk, "TDC"), by="deng")
    assert [m.step for m in outbox(desk)] == ["cancellation"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"outage_code": ""}, "outage_code"),
        ({"area_codes": ""}, "area_codes"),
        ({"ends_at": "2026-01-01T00:00:00+08:00"}, "ends_at"),
        ({"kind": "party"}, "kind"),
    ],
)
def test_a_bad_row_is_named_by_its_column(desk, more, field):
    with pytest.raises(DomainError) as caught:
        imports.import_rows(desk, [_row(desk, "TDX", 5, **more)])
    assert caught.value.field == field
