"""What a resident mends after the ticket is open."""

import pytest

from handlers.tickets.models import Ticket
from tests.support.talk import Talk


@pytest.fixture
def talk(desk):
    talk = Talk(desk, "report_outage")
    talk.says("棉纺一厂宿舍3栋没电了", community="棉纺一厂宿舍", address="3栋")
    return talk


def the_ticket(desk):
    return desk.session.query(Ticket).one()


def test_a_wrong_building_is_mended_on_the_same_ticket(desk, talk):
    said = talk.says("不是3栋,是5栋", address="5栋").render()
    assert "地点改成棉纺一厂宿舍5栋了" in said
    assert the_ticket(desk).address == "5栋"


def test_another_community_moves_the_ticket(desk, talk):
    talk.says("搞错了,是莲溪村2组", community="莲溪村", address="2组")
    ticket = the_ticket(desk)
    assert (ticket.community_code, ticket.address) == ("C002", "2组")


def test_more_of_the_story_is_no_wrong_phone_number(desk, talk):
    talk.says("3")
    said = talk.says("楼道里也是黑的,电梯都停了").render()
    assert "已补到" in said
    assert "不对" not in said
    events = [event.text for event in the_ticket(desk).events if event.action == "add"]
    assert "楼道里也是黑的,电梯都停了" in events


def test_words_without_a_place_mend_nothing(desk, talk):
    assert "地点改成" not in talk.says("不是").render()
    assert the_ticket(desk).address == "3栋"
