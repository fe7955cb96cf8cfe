"""The short questions after a mark: two at most, read from taps and sentences, never needed."""

from collections.abc import Callable

import pytest

from handlers.surveys import rules
from handlers.tickets.models import Ticket
from tests.handlers.surveys.conftest import Station

Done = Callable[..., Ticket]


def known(station: Station, ticket: Ticket) -> tuple[object, ...]:
    survey = station.survey(ticket)
    return survey.score, survey.is_solved, survey.was_in_time, survey.attitude


@pytest.fixture
def rated(station: Station, done: Done) -> Ticket:
    """A repair that got five points; the first question waits."""
    ticket = done("outage")
    assert "弄好了吗，来得及时吗" in station.later(hours=1).says("5")
    return ticket


def test_two_taps_tell_the_rest_and_then_it_is_over(station: Station, rated: Ticket) -> None:
    assert known(station, rated) == (5, None, None, None)
    assert "师傅态度怎么样" in station.says("2")
    assert "谢谢" in station.says("1")
    assert known(station, rated) == (5, True, False, 5)
    assert station.says("3") == ""


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("弄好了，很及时", "挺好的", (True, True, 5)),
        ("修好了但是等了两个小时", "一般", (True, False, 3)),
        ("好了", "不太好", (True, None, 1)),
        ("来得快", "师傅很热情", (None, True, 5)),
        ("有点慢", "不耐烦", (None, False, 1)),
    ],
)
def test_words_and_sentences_are_understood(
    station: Station, rated: Ticket, first: str, second: str, said: tuple[object, ...]
) -> None:
    station.says(first)
    station.says(second)
    assert known(station, rated)[1:] == said


def test_what_a_sentence_told_is_not_asked_again(station: Station, done: Done) -> None:
    ticket = done("outage")
    reply = station.later(hours=1).says("5分，来得快，修好了，师傅人也很好")
    assert known(station, ticket) == (5, True, True, 5)
    assert "吗" not in reply


@pytest.mark.parametrize("words", ["不用了", "不用", "跳过"])
def test_a_question_may_be_left(station: Station, rated: Ticket, words: str) -> None:
    station.says(words)
    assert known(station, rated) == (5, None, None, None)
    assert station.says("1") == ""


def test_another_matter_drops_the_question_for_good(station: Station, rated: Ticket) -> None:
    assert station.says("这个月电费是多少，帮我查一下", intent="query_bill") == ""
    assert station.says("1") == ""
    assert known(station, rated) == (5, None, None, None)


def test_a_question_of_yesterday_waits_no_longer(station: Station, rated: Ticket) -> None:
    assert station.later(hours=13).says("1") == ""
    assert known(station, rated)[1] is None


def test_a_free_word_is_the_comment(station: Station, rated: Ticket) -> None:
    station.says("1")
    station.says("辛苦师傅大热天跑一趟", intent="thank")
    assert station.survey(rated).comment.endswith("辛苦师傅大热天跑一趟")


@pytest.mark.parametrize("words", ["3", "还没好", "没有", "还是跳闸，没修好"])
def test_not_solved_after_a_good_mark_opens_the_same_ticket(
    station: Station, rated: Ticket, words: str
) -> None:
    assert rated.number in station.says(words)
    assert rated.state == "reopened"
    assert known(station, rated) == (5, False, None, None)
    assert station.children(rated) == []


def test_not_solved_of_a_matter_without_a_visit_makes_a_child(station: Station, done: Done) -> None:
    ticket = done("billing")
    assert "办得及时吗" in station.at("+1 10:00").says("4")
    station.says("3")
    (child,) = station.children(ticket)
    assert (child.category, ticket.state) == ("billing", "closed")


def test_a_bad_mark_is_asked_what_went_wrong_and_the_child_hears_it(
    station: Station, done: Done
) -> None:
    ticket = done("outage")
    assert "哪里没做好" in station.later(hours=1).says("1")
    (child,) = station.children(ticket)
    assert child.number in station.says("来得慢，态度也差")
    assert known(station, ticket) == (1, None, False, rules.BAD_ATTITUDE)
    assert "来得慢，态度不好" in (child.events[-1].text or "")
    assert station.says("2") == ""
    assert len(station.children(ticket)) == 1


def test_solved_alone_counts_and_is_asked_for_its_mark(station: Station, done: Done) -> None:
    ticket = done("outage")
    assert "打个分" in station.later(hours=1).says("修好了，谢谢")
    assert known(station, ticket) == (None, True, None, None)
    station.says("2")
    (child,) = station.children(ticket)
    assert child.category == "complaint"


def test_a_mark_alone_says_nothing_else(station: Station, done: Done) -> None:
    ticket = done("outage")
    station.later(hours=1).says("1")
    station.later(days=2)
    assert known(station, ticket) == (1, None, None, None)
