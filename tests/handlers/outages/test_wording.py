"""Times and places as residents say them."""

from datetime import timedelta

import pytest

from handlers.grid.models import Community
from handlers.outages import wording
from handlers.outages.wording import _units
from tests.support.desks import NOW


def test_a_window_names_the_second_day_only_where_there_is_one():
    assert wording.window(NOW, NOW + timedelta(hours=2)) == "11月25日（周三）10:00到12:00"
    night = NOW.replace(hour=23)
    end = night + timedelta(hours=6)
    assert wording.window(night, end) == "11月25日（周三）23:00到11月26日05:00"


@pytest.mark.parametrize(
    ("buildings", "said"),
    [
        (["1", "2", "3"], "1-3栋"),
        (["8", "1", "2", "10"], "1-2栋、8栋、10栋"),
        (["A", "2"], "2栋、A栋"),
        ([], ""),
    ],
)
def test_buildings_are_said_as_ranges(buildings, said):
    assert _units(buildings, "栋") == said


def test_all_buildings_of_a_community_are_the_community(desk):
    (whole,) = wording.affected(desk.session, ["TQ0001", "TQ0002"])
    assert (whole.text, whole.buildings) == ("棉纺一厂宿舍", ())
    (part,) = wording.affected(desk.session, ["TQ0002"])
    assert part.text == "棉纺一厂宿舍4-5栋"


@pytest.mark.parametrize(
    ("kind", "said"),
    [("estate", "甲3栋"), ("village", "甲3组"), ("street", "甲3号"), ("institution", "甲")],
)
def test_a_home_is_named_as_its_kind_of_place_does(kind, said):
    place = Community(community_code="C9", name="甲", kind=kind, address="")
    assert wording.home(place, "3") == said
