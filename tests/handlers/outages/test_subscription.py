"""Notices on, off, and not at night."""

import pytest

from handlers.customers.models import Resident
from handlers.outages.models import OutageSubscriber
from tests.handlers.outages.conftest import customer, resident
from tests.support.talk import Talk


@pytest.fixture
def talk(desk):
    resident(desk, "o1", customer(desk, "3699000001"))
    return Talk(desk, "manage_subscription")


def _resident(desk):
    return desk.session.get_one(Resident, "o1")


@pytest.mark.parametrize(
    "text", ["别再发通知了", "取消停电提醒", "不想收这些推送", "退订", "把提醒关了"]
)
def test_notices_are_turned_off(desk, talk, text):
    assert "关掉" in talk.says(text).text
    assert not _resident(desk).wants_notices


@pytest.mark.parametrize("text", ["停电了提醒我", "打开停电提醒", "以后停电通知我一声", "我要订阅"])
def test_notices_are_turned_on_for_the_bound_places(desk, talk, text):
    _resident(desk).wants_notices = False
    assert "棉纺一厂宿舍1栋" in talk.says(text).text
    assert _resident(desk).wants_notices


@pytest.mark.parametrize(
    ("text", "quiet"),
    [
        ("晚上别发", ("22:00", "07:00")),
        ("晚上10点到早上7点别发", ("22:00", "07:00")),
        ("夜里9点到6点不要通知", ("21:00", "06:00")),
        ("中午12点到14点别吵", ("12:00", "14:00")),
    ],
)
def test_nights_are_kept_quiet(desk, talk, text, quiet):
    talk.says(text)
    assert (_resident(desk).quiet_from, _resident(desk).quiet_until) == quiet


def test_what_is_not_clear_is_asked_once_with_numbers(desk, talk):
    reply = talk.says("停电提醒")
    assert len(reply.choices) == 3
    assert "关掉" in talk.says("2").text
    assert "form" not in talk.memory


def test_who_has_bound_nothing_is_told_how(desk):
    resident(desk, "o5")
    assert "绑定" in Talk(desk, "manage_subscription", "o5").says("停电了提醒我").text


def test_in_the_middle_of_an_outage_its_end_is_told(desk, talk, published):
    outage = published("fault")
    assert "来电后" in talk.says("来电了通知我").text
    assert desk.session.get(OutageSubscriber, (outage.id, "o1")) is not None


def test_staff_are_sent_to_the_official_account(desk):
    assert "公众号" in Talk(desk, "manage_subscription", "zhou").says("停电提醒我").text
