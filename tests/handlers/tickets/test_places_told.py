"""What is no place's name is asked again, once, instead of going to the general queue."""

import pytest

from handlers.customers.models import Resident
from tests.support.talk import Talk


@pytest.fixture
def talk(desk):
    desk.session.add(Resident(openid="o1", first_seen_at=desk.now, last_seen_at=desk.now))
    desk.session.flush()
    return Talk(desk, "report_outage")


def test_the_first_question_is_for_the_whole_place(talk):
    assert "几栋几单元几号" in talk.says("家里没电了").text
    talk.says("棉纺一厂宿舍3栋501", community="棉纺一厂宿舍", address="3栋501")
    assert talk.ticket.address == "3栋501"


@pytest.mark.parametrize("text", ["晚上用电便宜吗", "现在去交", "交费了", "怎么还不来", "钟友根"])
def test_words_that_are_no_name_are_asked_about_again(talk, text):
    talk.says("家里没电了")
    assert "哪个小区或村" in talk.says(text).text
    assert talk.tickets() == []
    talk.says("棉纺一厂宿舍3栋501", community="棉纺一厂宿舍", address="3栋501")
    assert talk.ticket.community_code == "C001"


def test_who_insists_is_believed(talk):
    talk.says("家里没电了")
    talk.says("钟家畈")
    assert "不在我们的小区登记里" in talk.says("钟家畈").text


def test_an_unknown_name_of_usual_length_is_taken_at_once(talk):
    talk.says("家里没电了")
    assert "紫荆云庭壹号" in talk.says("紫荆云庭壹号").text
    assert talk.ticket.community_code is None


def test_who_asks_when_it_comes_back_hears_of_the_own_report(talk):
    talk.says("棉纺一厂宿舍3栋501没电了", community="棉纺一厂宿舍", address="3栋501")
    talk.memory.clear()
    said = talk.says("到底什么时候来电", "query_outage").text
    assert talk.ticket.number in said
    assert "到场" in said


def test_a_question_about_another_place_is_answered_for_that_place(talk):
    talk.says("棉纺一厂宿舍3栋501没电了", community="棉纺一厂宿舍", address="3栋501")
    talk.memory.clear()
    said = talk.says("莲溪村什么时候来电", "query_outage", community="莲溪村").text
    assert talk.ticket.number not in said
