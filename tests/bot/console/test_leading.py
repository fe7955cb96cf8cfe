"""What leaders look after: suggestions to answer, points that are disputed, odd marks."""

import re

import pytest
import sqlalchemy as sa

from handlers.figures import adding
from handlers.figures.models import PointsDispute
from handlers.surveys.anomalies import SELF_RATING
from handlers.surveys.models import Survey
from handlers.tickets import service
from handlers.tickets.models import Ticket
from notifier.models import OutboxMessage
from tests.bot.console.conftest import open_ticket, read


def told(parts, kind: str) -> list[str]:
    """Whom a kind of message goes to, with its words."""
    with parts.database.reading() as session:
        rows = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == kind))
        return [f"{row.target}：{row.payload.get('text', '')}" for row in rows]


@pytest.fixture
def suggestions(parts) -> list[str]:
    """Two of one matter by two residents of 城东."""
    return [
        open_ticket(
            parts,
            category="suggestion",
            text="停电前请早点通知",
            openid=f"openid-{n}",
            keeps_apart=True,
        )
        for n in range(2)
    ]


def test_suggestions_are_answered_together_and_each_is_told(parts, browser, suggestions):
    person = browser("deng")
    page = person.get("/opinions").text
    assert "停电感知（2）" in page
    answer = person.post("/opinions", number=suggestions, verdict="adopted", text="下月起提前三天")
    assert answer.location == "/console/opinions"
    assert {read(parts, number).state for number in suggestions} == {"resolved"}
    heard = told(parts, "ticket_resolve")
    assert all(any(f"openid-{n}" in one for one in heard) for n in range(2))
    assert all("已采纳：下月起提前三天" in one for one in heard)
    after = person.get("/opinions").text
    assert "没有等答复的建议" in after
    assert "<td>2</td><td>2</td><td>0</td><td>0</td>" in after


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"verdict": "adopted", "text": "好"}, "先勾上"),
        ({"number": "ALL", "text": "好主意"}, "请选采纳还是不采纳"),
        ({"number": "ALL", "verdict": "declined", "text": "  "}, "请写上怎么采纳的"),
    ],
)
def test_what_an_answer_lacks_is_said_and_the_rest_kept(parts, browser, suggestions, fields, said):
    fields = {k: suggestions if v == "ALL" else v for k, v in fields.items()}
    answer = browser("deng").post("/opinions", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert fields["text"].strip() in answer.text
    assert answer.text.count("checked") == len(fields.get("number", []))
    assert read(parts, suggestions[0]).state == "assigned"


def test_another_stations_suggestions_are_not_there(parts, browser, suggestions):
    assert "没有等答复的建议" in browser("qiu").get("/opinions").text
    answer = browser("qiu").post("/opinions", number=suggestions, verdict="adopted", text="好")
    assert answer.status_code == 422
    assert read(parts, suggestions[0]).state == "assigned"
    assert browser("zhou").get("/opinions").status_code == 403


@pytest.fixture
def finished(parts, ticket) -> str:
    """An outage report that 周志强 finished, counted."""
    with parts.working() as desk:
        service.resolve(desk, service.get(desk, ticket), by="zhou", text="换了保险")
    with parts.working() as desk:
        adding.catch_up(desk)
    return ticket


def test_points_say_why_and_can_be_disputed_once(parts, browser, finished):
    person = browser("zhou")
    page = person.get("/points").text
    assert "4 分" in page
    assert "基础 4 分" in page
    answer = person.post("/points/dispute", number=finished, text="跑了两趟")
    assert answer.status_code == 302
    assert any("deng：" in one and "跑了两趟" in one for one in told(parts, "points_disputed"))
    again = person.post("/points/dispute", number=finished, text="再来一次")
    assert again.status_code == 409
    assert "已经提过异议" in again.text
    assert browser("wan").post("/points/dispute", number=finished, text="x").status_code == 403
    assert person.post("/points/dispute", number="T2", text="x").status_code == 422


def test_a_leader_decides_and_the_person_is_told(parts, browser, finished):
    browser("zhou").post("/points/dispute", number=finished, text="跑了两趟")
    with parts.database.reading() as session:
        dispute = session.scalars(sa.select(PointsDispute.id)).one()
    leader, path = browser("deng"), f"/points/disputes/{dispute}"
    assert "跑了两趟" in leader.get("/points").text
    for wrong in ("nan", "inf", "1e9", "", "很多", "1000"):
        answer = leader.post(path, difference=wrong, answer="属实")
        assert answer.status_code == 422
        assert 'value="属实"' in answer.text
    assert leader.post(path, difference="1.5", answer=" ").status_code == 422
    assert browser("qiu").post(path, difference="1", answer="x").status_code == 422
    assert browser("zhou").post(path, difference="1", answer="x").status_code == 403
    assert leader.post(path, difference="＋1.5", answer="属实").status_code == 302
    (words,) = told(parts, "points_decided")
    assert words.startswith("zhou：")
    assert "加 1.5 分" in words
    page = browser("zhou").get("/points").text
    assert "5.5" in page
    assert "调整 +1.5 分" in page
    assert leader.post(path, difference="0", answer="x").status_code == 409


@pytest.mark.parametrize("month", ["", "2026-10", "2026-13", "x", "0000-01"])
def test_any_month_may_be_asked_for(browser, finished, month):
    answer = browser("zhou").get("/points", query_string={"month": month})
    assert answer.status_code == 200
    assert (finished in answer.text) == (month != "2026-10")


def test_odd_marks_are_shown_to_leaders_of_the_station_alone(parts, browser, finished):
    assert "没有可疑的评价" in browser("deng").get("/anomalies").text
    with parts.working() as desk:
        ticket_id = desk.session.scalars(
            sa.select(Ticket.id).where(Ticket.number == finished)
        ).one()
        survey = desk.session.scalar(sa.select(Survey).where(Survey.ticket_id == ticket_id))
        survey = survey or Survey(ticket_id=ticket_id, openid="openid-wang")
        survey.sent_at = survey.answered_at = desk.now
        survey.score, survey.flags = 5, [SELF_RATING]
        desk.session.add(survey)
    page = browser("deng").get("/anomalies").text
    assert "联系电话是员工的" in page
    assert finished in page
    assert finished not in browser("qiu").get("/anomalies").text


def test_the_menu_has_no_door_that_is_shut(browser):
    for userid in ("zhou", "deng", "command"):
        person = browser(userid)
        doors = re.findall(r'class="button" href="/console(/[^"]*)"', person.get("/me").text)
        assert "/points" in doors
        assert ("/opinions" in doors) == (userid != "zhou")
        assert {person.get(door).status_code for door in doors} == {200}
