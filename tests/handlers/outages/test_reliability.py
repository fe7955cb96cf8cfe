"""The indices of IEEE 1366 and how good estimates were."""

from datetime import timedelta

import pytest

from handlers.outages import reliability, service
from tests.handlers.outages.conftest import at


@pytest.fixture
def ended(desk, published):
    """TQ0001 (200 of 600 households) was off for an hour and ten minutes."""
    outage = published("fault")
    at(desk, desk.now + timedelta(hours=1))
    service.restore(desk, outage, by="he")
    return outage


def _span(desk):
    return desk.now - timedelta(days=1), desk.now


def test_indices_of_a_station_weigh_by_households(desk, ended):
    (found,) = reliability.indices(desk.session, *_span(desk))
    assert (found.key, found.households, found.interruptions) == ("CD", 600, 1)
    assert found.saidi == round(200 * 70 / 600, 2)
    assert found.saifi == round(200 / 600, 4)
    assert found.caidi == 70
    assert found.is_estimate


def test_areas_have_their_own(desk, ended):
    found = {
        row.key: row for row in reliability.indices(desk.session, *_span(desk), by_station=False)
    }
    assert found["TQ0001"].saidi == 70
    assert found["TQ0002"].saidi == 0


def test_moments_are_not_counted(desk, published):
    outage = published("fault", starts_at=desk.now - timedelta(minutes=4))
    service.restore(desk, outage, by="he")
    (found,) = reliability.indices(desk.session, *_span(desk))
    assert found.interruptions == 0


def test_promises_tell_hits_and_bias(desk, ended):
    (found,) = reliability.promises(desk.session, *_span(desk))
    assert (found.key, found.estimates, found.hit_rate) == ("CD", 1, 0.0)
    assert found.bias_minutes == -290


def test_restorations_that_were_none_are_a_share(desk, ended):
    assert reliability.false_restorations(desk.session, *_span(desk)) == 0
    ended_again = service.draft(
        desk,
        {"kind": "fault", "area_codes": ["TQ0001"], "starts_at": desk.now, "ends_at": desk.now + timedelta(hours=2)},
        by="x",
    )[0]  # fmt: skip
    ended_again.parent_code = ended.outage_code
    desk.session.flush()
    assert reliability.false_restorations(desk.session, *_span(desk)) == 1
