"""When a survey goes out, and when it does not: scenarios with a moving clock."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from handlers.customers.models import Resident
from handlers.tickets import service, watch
from handlers.tickets.models import Ticket
from tests.handlers.surveys.conftest import WANG, Station

Done = Callable[..., Ticket]


def test_a_repair_is_asked_about_between_30_and_60_minutes_later(
    station: Station, done: Done
) -> None:
    ticket = done("outage")
    assert station.later(minutes=29).asked(ticket) == []
    assert len(station.later(minutes=31).asked(ticket)) == 1


def test_other_matters_are_asked_about_on_the_next_working_day(
    station: Station, done: Done
) -> None:
    ticket = done("billing")
    assert station.at("20:00").asked(ticket) == []
    assert station.at("+1 09:59").asked(ticket) == []
    assert len(station.at("+1 10:00").asked(ticket)) == 1


def test_a_matter_of_friday_is_asked_about_on_monday(station: Station) -> None:
    station.at("+2 15:00")
    ticket = station.resolves(station.reports("billing"))
    assert station.at("+4 20:00").asked(ticket) == []
    assert len(station.at("+5 10:00").asked(ticket)) == 1


@pytest.mark.parametrize(("resolved", "asked"), [("20:30", "+1 08:00"), ("+1 02:00", "+1 08:00")])
def test_nobody_is_asked_at_night(station: Station, resolved: str, asked: str) -> None:
    ticket = station.at(resolved).resolves(station.reports("outage"))
    before = station.at(asked).desk.now - timedelta(minutes=1)
    assert station.survey(ticket).due_at.hour == 8
    station.desk.now = before
    assert len(station.at(asked).asked(ticket)) == 1


def test_the_message_names_the_case(station: Station, done: Done) -> None:
    ticket = done("outage")
    text = station.later(hours=1).asked(ticket)[0]
    for words in ("棉纺一厂宿舍", ticket.number, "停电报修", "已换保险", "5 非常满意"):
        assert words in text


def test_silence_gets_one_reminder_and_no_more(station: Station, done: Done) -> None:
    ticket = done("outage")
    station.later(hours=1)
    assert len(station.later(hours=23).asked(ticket)) == 1
    assert len(station.later(hours=2).asked(ticket)) == 2
    assert len(station.later(days=5).asked(ticket)) == 2


def test_an_answer_leaves_nothing_to_remind_of(station: Station, done: Done) -> None:
    ticket = done("outage")
    station.later(hours=1).says("5")
    assert len(station.later(days=3).asked(ticket)) == 1


def test_closing_asks_at_once(station: Station) -> None:
    ticket = station.reports("billing")
    service.close(station.desk, ticket, by="zhou")
    station.settle()
    assert len(station.asked(ticket)) == 1


def test_a_case_is_asked_about_once(station: Station, done: Done) -> None:
    ticket = done("outage")
    station.later(hours=1)
    service.close(station.desk, ticket, by="zhou")
    station.settle()
    assert len(station.asked(ticket)) == 1


def test_a_reopened_case_waits_for_its_second_end(station: Station, done: Done) -> None:
    ticket = done("outage")
    service.reopen(station.desk, ticket, by="resident", text="还没好")
    station.settle()
    assert station.later(hours=2).asked(ticket) == []
    station.resolves(ticket)
    assert len(station.later(hours=1).asked(ticket)) == 1


def test_a_household_is_asked_twice_in_a_month_at_most(station: Station, done: Done) -> None:
    asked = []
    for _ in range(3):
        ticket = done("outage")
        asked.append(len(station.later(hours=2).asked(ticket)))
    assert asked == [1, 1, 0]
    station.later(days=31)
    later = done("outage")
    assert len(station.later(hours=1).asked(later)) == 1


def test_who_said_no_more_is_not_asked_again(station: Station, done: Done) -> None:
    done("outage")
    assert "不再回访" in station.later(hours=1).says("不要回访")
    assert station.desk.session.get(Resident, WANG).wants_surveys is False
    ticket = done("outage")
    assert station.later(hours=2).asked(ticket) == []


@pytest.mark.parametrize("category", ["praise", "suggestion", "violation"])
def test_some_matters_are_never_asked_about(station: Station, done: Done, category: str) -> None:
    ticket = done(category)
    assert station.later(days=3).asked(ticket) == []


def test_the_anonymous_are_not_asked(station: Station, done: Done) -> None:
    ticket = done("complaint", is_anonymous=True)
    assert station.later(days=3).asked(ticket) == []


def test_no_answer_is_no_answer(station: Station, done: Done) -> None:
    ticket = done("outage")
    station.later(hours=1).later(days=4)
    watch.close_silent(station.desk)
    station.settle()
    survey = station.survey(ticket)
    assert ticket.state == "closed"
    assert (survey.score, survey.is_solved, survey.answered_at) == (None, None, None)
