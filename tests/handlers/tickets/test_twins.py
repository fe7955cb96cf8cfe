"""One household's one matter by two doors is proposed as the same, and only proposed."""

import pytest

from handlers import reactions
from handlers.tickets import twins
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish, open_ticket

HOME = {"community_code": "C001", "building": "3", "room": "2单元501"}


def comes(desk, source: str, category: str = "outage", **facts) -> Ticket:
    wish = Wish(Category(category), "家里没电了", source=source, keeps_apart=True, **facts)
    ticket, _ = open_ticket(desk, wish)
    reactions.settle(desk)
    return ticket


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ({"phone": "19900002625"}, {"phone": "19900002625"}, True),
        ({"account_number": "3600012345678"}, {"account_number": "3600012345678"}, True),
        (HOME, HOME, True),
        (HOME, HOME | {"room": "2单元502"}, False),
        ({"phone": "19900002625"}, {"phone": "19900002626"}, False),
        ({"community_code": "C001"}, {"community_code": "C001"}, False),
        (HOME, HOME | {"category": "fault"}, True),
        (HOME, HOME | {"category": "billing"}, False),
        (HOME, HOME | {"source": "95598"}, False),
        (HOME, HOME | {"category": "violation", "is_confidential": True}, False),
    ],
)
def test_the_same_household_and_matter_by_another_door(desk, first, second, is_same):
    one = comes(desk, "95598", **first)
    other = comes(desk, **({"source": "12345"} | second))
    found = twins.proposed(desk, other)
    assert (found is one) == is_same
    assert not {one.state, other.state} & {"merged", "cancelled"}


def test_a_resident_who_wrote_to_us_after_the_hotline_is_proposed_too(desk):
    one = comes(desk, "95598", phone="19900002625")
    wish = Wish(Category.OUTAGE, "没电", openid="openid-w", phone="19900002625", **HOME)
    other, _ = open_ticket(desk, wish)
    reactions.settle(desk)
    assert twins.proposed(desk, other) is one


def test_whoever_says_they_are_two_is_not_asked_again(desk):
    comes(desk, "95598", **HOME)
    other = comes(desk, "12345", **HOME)
    twins.keep_apart(desk, other, by="zhou")
    assert twins.proposed(desk, other) is None
    assert "不是一件事" in other.events[-1].text


def test_what_has_ended_is_proposed_no_longer(desk):
    one = comes(desk, "95598", **HOME)
    other = comes(desk, "12345", **HOME)
    one.state = "cancelled"
    desk.session.flush()
    assert twins.proposed(desk, other) is None


def test_a_whole_house_of_reports_does_not_hide_the_one(desk):
    one = comes(desk, "95598", **HOME)
    for room in range(30):
        comes(desk, "95598", **(HOME | {"room": f"{room + 1}01"}))
    assert twins.proposed(desk, comes(desk, "12345", **HOME)) is one
