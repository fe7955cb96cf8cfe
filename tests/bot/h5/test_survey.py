"""The survey as a page: the mark at once, two short questions behind it, nothing read into silence."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.parts import Parts
from handlers import reactions
from handlers.surveys import service as surveys
from handlers.surveys.models import Survey
from handlers.tickets import service
from handlers.tickets.models import Ticket

FillIn = Callable[..., Any]


@pytest.fixture
def page(parts: Parts, ticket: str, link: Callable[..., str]) -> str:
    """The page of a case that is done and asked about."""
    with parts.working() as desk:
        service.resolve(desk, service.get(desk, ticket), by="zhou", text="换了保险")
        reactions.settle(desk)
        survey = surveys.of_ticket(desk.session, service.get(desk, ticket).id)
        surveys.send(desk, survey)
    return link("survey", ticket)


def answered(parts: Parts) -> tuple[object, ...]:
    with parts.database.reading() as session:
        one = session.query(Survey).one()
        return one.score, one.is_solved, one.was_in_time, one.attitude, one.comment


def test_a_mark_counts_before_the_questions_are_answered(
    parts: Parts, page: str, fill_in: FillIn
) -> None:
    said = fill_in(page, "/survey", score="5").text
    assert answered(parts) == (5, None, None, None, None)
    assert "来得及时吗" in said
    assert "师傅态度怎么样" in said


def test_two_taps_more_fill_in_the_rest(parts: Parts, page: str, fill_in: FillIn, client) -> None:
    token = fill_in(page, "/survey", score="4", solved="yes").text.split('csrf_token" value="')[1]
    more = {"csrf_token": token.split('"')[0], "in_time": "no", "manner": "kind", "comment": "辛苦"}
    said = client.post(f"{page}/survey/more", data=more).text
    assert answered(parts) == (4, True, False, 5, "辛苦")
    assert "来得及时吗" not in said
    client.post(f"{page}/survey/more", data=more | {"in_time": "yes", "comment": ""})
    assert answered(parts) == (4, True, False, 5, "辛苦")


def test_without_a_mark_the_words_stay_on_the_page(
    parts: Parts, page: str, fill_in: FillIn
) -> None:
    refused = fill_in(page, "/survey", comment="师傅忘了工具")
    assert refused.status_code == 422
    assert "请点一个满意程度" in refused.text
    assert "师傅忘了工具" in refused.text
    assert answered(parts)[0] is None


def test_a_bad_mark_shows_the_child_and_the_regulator(
    parts: Parts, page: str, fill_in: FillIn
) -> None:
    said = fill_in(page, "/survey", score="1").text
    with parts.database.reading() as session:
        child = session.query(Ticket).filter(Ticket.parent_id.is_not(None)).one()
    assert child.number in said
    assert "12398" in said


def test_nothing_is_added_to_a_case_without_a_mark(page: str, fill_in: FillIn) -> None:
    assert fill_in(page, "/survey/more", in_time="no").status_code == 404


def test_a_page_of_another_purpose_takes_no_survey(
    ticket: str, link: Callable[..., str], page: str, fill_in: FillIn, client
) -> None:
    other = link("ticket", ticket)
    token = fill_in(page, "/survey", score="5").text.split('csrf_token" value="')[1].split('"')[0]
    for path in ("/survey", "/survey/more"):
        form = {"csrf_token": token, "in_time": "no", "score": "1"}
        assert client.post(other + path, data=form).status_code == 404
