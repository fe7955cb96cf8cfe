"""Questions about outages, in private and in groups."""

from datetime import timedelta

import pytest

from handlers.dialogue.turn import Door
from handlers.outages import service
from handlers.outages.dialogue import public_answer
from handlers.outages.models import OutageSubscriber
from tests.handlers.outages.conftest import customer, group, resident
from tests.support.talk import Talk


@pytest.fixture
def talk(desk):
    resident(desk, "o1")
    return Talk(desk, "query_outage")


def test_a_known_outage_is_told_with_reason_and_time_and_its_end_is_promised(desk, talk, published):
    outage = published("fault", reason="电缆接头烧损")
    reply = talk.says("怎么没电了", community="棉纺一厂宿舍", address="2栋")
    assert "电缆接头烧损" in reply.text
    assert f"{outage.ends_at:%H:%M}恢复供电（截至10:00）" in reply.text
    assert reply.link.endswith(outage.outage_code)
    assert desk.session.get_one(OutageSubscriber, (outage.id, "o1")).building == "2"
    assert "form" not in talk.memory


def test_another_building_of_the_community_is_not_said_to_be_off(desk, talk, published):
    published("fault")
    reply = talk.says("怎么没电了", community="棉纺一厂宿舍", address="5栋")
    assert "没有登记的停电" in reply.text


def test_where_the_building_is_not_known_the_ones_hit_are_named(desk, talk, published):
    published("fault")
    reply = talk.says("怎么没电了", community="棉纺一厂宿舍")
    assert "棉纺一厂宿舍1-3栋正在停电" in reply.text
    assert "不在这几栋" in reply.text


def test_the_place_is_asked_only_where_it_is_not_known(desk, talk):
    reply = talk.says("今天停电吗", time="2026-11-25")
    assert "哪个小区" in reply.text
    assert not reply.is_final
    answer = talk.says("莲溪村", community="莲溪村")
    assert "今天莲溪村没有安排停电" in answer.text


def test_a_bound_home_is_used_and_named(desk, published):
    resident(desk, "o2", customer(desk, "3699000001", building="3"))
    published("fault")
    reply = Talk(desk, "query_outage", "o2").says("什么时候来电")
    assert "棉纺一厂宿舍1-3栋正在停电" in reply.text


def test_a_day_to_come_is_answered_for_that_day(desk, talk, published):
    published()
    reply = talk.says("12月5号停电吗", community="棉纺一厂宿舍", time="2026-12-05")
    assert "12月5日（周六）09:00到15:00" in reply.text
    reply = talk.says("12月6号停电吗", community="棉纺一厂宿舍", time="2026-12-06")
    assert "没有安排停电" in reply.text


def test_plans_are_listed(desk, talk, published):
    published()
    reply = talk.says("最近有停电计划吗", community="棉纺一厂宿舍")
    assert "30天内的停电" in reply.text
    assert "更换变压器" in reply.text


def test_where_nothing_is_known_a_report_is_offered_with_the_place(desk, talk):
    reply = talk.says("怎么没电了", community="莲溪村", address="3组15号")
    assert next(choice.value for choice in reply.choices) == "report_outage"
    (offer,) = talk.memory["offers"]["requests"]
    assert offer["intent"] == "report_outage"
    assert ["community", "莲溪村", 0, 0] in offer["entities"]


def test_a_place_in_no_registry_is_said_so_and_a_report_is_offered(desk, talk):
    talk.says("怎么没电了")
    reply = talk.says("外星人花园")
    assert "没找到" in reply.text
    assert talk.memory["offers"]["requests"][0]["entities"] == []


def test_an_outage_long_past_its_end_explains_nothing(desk, talk, published):
    outage = published("fault")
    desk.now = outage.ends_at + timedelta(hours=5)
    reply = talk.says("怎么没电了", community="棉纺一厂宿舍", address="1栋")
    assert "没有登记的停电" in reply.text


def test_a_lapsed_estimate_is_not_repeated_as_a_promise(desk, talk, published):
    outage = published("fault")
    desk.now = outage.ends_at + timedelta(hours=1)
    reply = talk.says("什么时候来电", community="棉纺一厂宿舍", address="1栋")
    assert "预计" not in reply.text
    assert "催问" in reply.text


def asker(desk, chat_id):
    """Somebody in a group."""
    door = Door.AIBOT
    return Talk(desk, "query_outage", "member", door, chat_id, public_answer)


def test_a_group_reads_what_is_public_of_its_own_communities(desk, published):
    group(desk, "W1", channel="wecom_webhook", target="chat-1")
    published("fault")
    reply = asker(desk, "chat-1").says("怎么没电了")
    assert "棉纺一厂宿舍1-3栋正在停电" in reply.text
    assert "私聊" in reply.text
    assert desk.session.query(OutageSubscriber).count() == 0


def test_a_group_we_do_not_know_is_asked_for_a_place(desk):
    reply = asker(desk, "chat-9").says("怎么没电了")
    assert "小区名" in reply.text
    named = asker(desk, "chat-9").says("停电吗", community="莲溪村")
    assert "现在莲溪村没有登记的停电" in named.text


def test_a_restored_outage_is_no_longer_on(desk, talk, published):
    service.restore(desk, published("fault"), by="he")
    reply = talk.says("怎么没电了", community="棉纺一厂宿舍", address="1栋")
    assert "没有登记的停电" in reply.text
