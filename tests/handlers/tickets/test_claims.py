"""A claim for damage and its seven days: in time, too late, or not told."""

import pytest

from tests.support.talk import Talk

PLACE = {"community": "棉纺一厂宿舍", "address": "3栋501"}


@pytest.fixture
def talk(desk):
    return Talk(desk, "claim_damage")


@pytest.mark.parametrize(
    ("text", "time", "within"),
    [
        ("昨天电压不稳把我家电视烧坏了，要赔", "2026-11-24", "yes"),
        ("刚才电压不稳把我家电视烧坏了", "2026-11-25T09:30:00+08:00", "yes"),
        ("18号电压不稳把我家电视烧坏了", "2026-11-18", "yes"),
        ("17号电压不稳把我家电视烧坏了", "2026-11-17", "no"),
        ("上个月来电的时候把冰箱烧了，要赔", "", "no"),
        ("半个月前来电的时候把冰箱烧了", "", "no"),
        ("电压不稳把我家电视烧坏了，要赔", "", None),
        ("电视烧坏了，明天下午来看看吧", "2026-11-26T14:00:00+08:00", None),
    ],
)
def test_the_ticket_says_whether_the_seven_days_are_kept(talk, text, time, within):
    named = PLACE | ({"time": time} if time else {})
    said = talk.says(text, **named).text
    assert talk.ticket.fields.get("within_7_days") == within
    assert ("已经过了7天" in said) == (within == "no")
    assert ("您这条已经算数" in said) == (within != "no")


def test_a_late_claim_is_taken_down_all_the_same(talk):
    said = talk.says("去年停电把冰箱烧了能赔吗", **PLACE).text
    assert talk.ticket.number in said
    assert "别修" in said
