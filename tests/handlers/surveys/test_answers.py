"""What residents answer: a digit, a word, stars, a sentence; and what a bad mark sets going."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from handlers.grid.models import Staff
from handlers.surveys import anomalies, rules
from handlers.surveys.rules import Mark
from handlers.tickets.models import Ticket
from tests.handlers.surveys.conftest import Station

Done = Callable[..., Ticket]


def mark(
    score: int | None,
    *,
    is_solved: bool | None = None,
    in_time: bool | None = None,
    manner: int | None = None,
) -> Mark:
    return Mark(score, is_solved, in_time, manner)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5", mark(5)),
        ("５", mark(5)),
        ("5分", mark(5)),
        ("5 师傅很好", mark(5, manner=5)),
        ("给4分吧", mark(4)),
        ("五星", mark(5)),
        ("⭐⭐⭐", mark(3)),
        ("非常满意", mark(5)),
        ("满意", mark(4)),
        ("还行吧", mark(3)),
        ("不满意", mark(2)),
        ("非常不满意！！", mark(1)),
        ("师傅来得快，很满意", mark(5, in_time=True)),
        ("还没好", mark(None, is_solved=False)),
        ("根本没修好，又跳闸了", mark(None, is_solved=False)),
        ("2分，等了三个小时，态度也差", mark(2, in_time=False, manner=1)),
        ("修好了，谢谢", mark(None, is_solved=True)),
        ("5星，来得及时，修好了，人也热情", mark(5, is_solved=True, in_time=True, manner=5)),
        ("不满意，还是没电，没解决", mark(2, is_solved=False)),
    ],
)
def test_a_mark_is_read_from_what_people_write(text: str, said: Mark) -> None:
    assert rules.read_mark(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "谢谢",
        "3栋没电了吗",
        "3 栋没电",
        "电费53.5元对吗",
        "12月4号停电吗",
        "5分钟能到吗",
        "星期五",
        "修好了吗",
        "来得快一点",
        "",
    ],
)
def test_other_words_are_no_mark(text: str) -> None:
    assert rules.read_mark(text) is None


def test_a_good_mark_closes_the_case_with_the_comment(station: Station, done: Done) -> None:
    ticket = done("outage")
    reply = station.later(hours=1).says("很满意，师傅来得快")
    survey = station.survey(ticket)
    assert ticket.number in reply
    assert (survey.score, survey.comment, ticket.state) == (5, "很满意，师傅来得快", "closed")
    assert station.children(ticket) == []


def test_another_matter_is_no_answer(station: Station, done: Done) -> None:
    ticket = done("outage")
    station.later(hours=1)
    assert station.says("我想问一下这个月的电费是多少钱", intent="query_bill") == ""
    assert station.survey(ticket).answered_at is None


def test_a_second_answer_changes_nothing(station: Station, done: Done) -> None:
    ticket = done("outage")
    station.later(hours=1).says("5")
    station.says("不用了")
    assert station.says("1") == ""
    assert station.survey(ticket).score == 5


@pytest.mark.parametrize(
    ("words", "category"), [("1", "complaint"), ("不满意", "complaint"), ("还没好", "outage")]
)
def test_a_bad_mark_opens_a_child(station: Station, done: Done, words: str, category: str) -> None:
    ticket = done("outage")
    reply = station.later(hours=1).says(words)
    (child,) = station.children(ticket)
    assert (child.category, ticket.state) == (category, "closed")
    assert child.number in reply
    assert "12398" in reply


def test_the_child_goes_to_the_responsible_and_as_a_copy_to_the_leader(
    station: Station, done: Done
) -> None:
    ticket = done("outage")
    station.later(hours=1).says("1")
    (child,) = station.children(ticket)
    assert child.assignee_userid == "zhou"
    assert station.told("zhou", "bad_mark")
    assert station.told("deng", "bad_mark")
    assert "first_contact" in child.due
    given = [event.facts["to"] for event in child.events if event.action == "assign"]
    assert given[-1] == "zhou"


def test_the_copy_goes_one_level_up_where_the_leader_closed_it(station: Station) -> None:
    ticket = station.resolves(station.reports("outage"), by="deng")
    assert ticket.assignee_userid != "deng"
    station.later(hours=1).says("1")
    assert station.told("deng", "bad_mark") == []
    assert station.told("hu", "bad_mark")


def test_the_child_is_asked_about_too_and_a_second_bad_mark_is_supervised(
    station: Station, done: Done
) -> None:
    ticket = done("outage")
    station.later(hours=1).says("1")
    (child,) = station.children(ticket)
    station.resolves(child, by="deng")
    station.later(days=3)
    assert station.survey(child).round == 2
    assert station.asked(child)
    station.says("不满意")
    (second,) = station.children(child)
    assert second.is_supervised
    assert station.told("command", "ticket_escalated")


def test_a_report_of_an_incident_is_a_first_round(station: Station) -> None:
    parent = station.reports("outage", openid=None)
    child = station.reports("outage", parent_id=parent.id)
    station.resolves(parent)
    station.resolves(child)
    station.later(hours=1).says("1")
    assert station.survey(child).round == 1
    (complaint,) = station.children(child)
    assert not complaint.is_supervised


def test_a_mark_from_a_phone_of_staff_is_flagged(station: Station, done: Done) -> None:
    phone = station.desk.session.get_one(Staff, "he").phone
    ticket = done("outage", phone=phone)
    station.later(hours=1).later(minutes=2).says("5")
    assert station.survey(ticket).flags == [anomalies.SELF_RATING]


def test_one_person_answering_for_many_households_is_flagged(station: Station) -> None:
    last = None
    for number in range(3):
        ticket = station.reports("outage", account_number=f"369924619{number}")
        station.resolves(ticket)
        station.later(hours=1).later(minutes=2).says("5")
        last = station.survey(ticket)
    assert last.flags == [anomalies.SAME_PERSON]
    assert [survey.id for survey, _ in anomalies.flagged(station.desk)] == [last.id]


def test_nothing_but_fives_is_told(station: Station) -> None:
    for number in range(10):
        ticket = station.reports("outage", openid=f"openid-{number}")
        station.resolves(ticket)
        station.later(minutes=45).later(minutes=1).says("5", openid=f"openid-{number}")
    (best,) = anomalies.always_best(station.desk)
    assert best.marks == 10
    assert station.desk.session.scalar(sa.select(Staff.name).where(Staff.userid == best.userid))
