"""The smaller pages: labels, dead letters, groups, weather, the map, one's own page, live news."""

from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from bot import streams
from bot.access import passwords
from bot.console import live
from bot.console.intent_words import INTENT_WORDS
from handlers.grid.models import Community, Staff, StaffLeave
from handlers.guide.models import ReviewItem, UnansweredQuestion
from handlers.tickets import service
from handlers.tickets.models import ForceMajeure
from nlu.intents import INTENTS
from notifier.models import Channel, OutboxMessage, OutboxState
from notifier.outbox import Outgoing, put
from tests.bot.console.conftest import TOKEN, open_ticket
from tests.support.desks import NOW


def test_every_intent_has_its_word():
    assert set(INTENT_WORDS) == set(INTENTS)


@pytest.fixture
def unsure(parts) -> int:
    with parts.database.scope() as session:
        item = ReviewItem(
            masked_text="那个灯一会儿亮一会儿不亮",
            ranking=[{"intent": "report_fault", "confidence": 0.4}],
            why="把握低",
            at=NOW,
        )
        session.add_all([item, UnansweredQuestion(masked_text="租房能交电费吗", asked_at=NOW)])
        session.flush()
        return item.id


def test_a_label_becomes_training_data(parts, browser, unsure):
    person = browser("deng")
    assert "那个灯" in person.get("/review").text
    assert person.post(f"/review/{unsure}", label="nonsense").status_code == 422
    assert person.post(f"/review/{unsure}", label="report_fault").status_code == 302
    assert "那个灯" not in person.get("/review").text
    exported = person.get("/review/export.yml").text
    assert "- intent: report_fault\n  examples: |\n    - 那个灯一会儿亮一会儿不亮" in exported


def test_a_question_that_has_its_answer_leaves_the_list(browser, unsure):
    person = browser("deng")
    assert "租房能交电费吗" in person.get("/review").text
    person.post("/questions/1")
    assert "租房能交电费吗" not in person.get("/review").text


@pytest.fixture
def dead(parts, ticket) -> dict[str, int]:
    """A dead letter about a ticket of 城东站 and one about nothing of a station."""
    with parts.database.scope() as session:
        common = {"channel": Channel.WECOM_APP, "target": "x", "kind": "k", "state": "dead"}
        put(
            session,
            [
                Outgoing(
                    payload={"text": "给19900002625"}, key="a", ticket_number=ticket, **common
                ),
                Outgoing(payload={"text": "别的"}, key="b", **common),
            ],
            now=NOW,
        )
        rows = session.execute(sa.select(OutboxMessage.dedupe_key, OutboxMessage.id))
        return {key: number for key, number in rows if key in {"a", "b"}}


def test_a_dead_letter_is_seen_and_sent_again(parts, browser, dead):
    person = browser("command")
    page = person.get("/deliveries").text
    assert "给199****2625" in page
    assert "别的" in page
    assert person.post("/deliveries", id=list(map(str, dead.values()))).status_code == 302
    with parts.database.reading() as session:
        assert session.get(OutboxMessage, dead["a"]).state == OutboxState.PENDING


def test_a_station_sees_and_resends_its_own_dead_letters_only(parts, browser, dead):
    assert "别的" not in browser("deng").get("/deliveries").text
    browser("qiu").post("/deliveries", id=list(map(str, dead.values())))
    with parts.database.reading() as session:
        assert session.get(OutboxMessage, dead["a"]).state == OutboxState.DEAD
    assert "先勾上" in browser("deng").post("/deliveries").text


def test_communities_without_a_group_are_named(browser):
    page = browser("deng").get("/groups").text
    assert "没有住户群的小区（1）" in page
    assert "莲溪村" in page
    assert "0</b> / 0" in browser("qiu").get("/groups").text


def test_weather_stops_the_clocks_of_the_own_station_only(parts, browser):
    head = browser("hu")
    assert head.post("/storms/declare", station="*", reason="台风").status_code == 403
    assert head.post("/storms/declare", station="CX", reason="台风").status_code == 403
    empty = head.post("/storms/declare", station="CD", reason=" ")
    assert empty.status_code == 422
    assert head.post("/storms/declare", station="CD", reason="冰雪封路").status_code == 302
    assert "冰雪封路" in head.get("/storms").text
    assert "冰雪封路" not in browser("qiu").get("/storms").text
    assert head.post("/storms/lift", station="CD").status_code == 302
    with parts.database.reading() as session:
        assert session.scalars(sa.select(ForceMajeure)).one().ends_at is not None


def test_the_map_shows_where_something_is_open(parts, browser, ticket):
    with parts.database.scope() as session:
        for code, place in (("C001", (29.71, 116.00)), ("C002", (29.70, 115.99))):
            community = session.get_one(Community, code)
            community.latitude, community.longitude = place
    page = browser("zhou").get("/map").text
    assert "棉纺一厂宿舍 1 张工单" in page
    assert 'class="dot busy"' in page
    assert "棉纺一厂宿舍" not in browser("luo").get("/map").text


def test_the_map_without_places_says_so(browser):
    assert "2 个小区没有坐标" in browser("zhou").get("/map").text


def test_leave_is_taken_and_given_back(parts, browser):
    person = browser("zhou")
    wrong = person.post("/me/leave", starts_at="2026-11-27T08:00", ends_at="2026-11-26T08:00")
    assert wrong.status_code == 422
    assert 'value="2026-11-27T08:00"' in wrong.text
    assert person.post("/me/leave", starts_at="x", ends_at="").status_code == 422
    person.post(
        "/me/leave", starts_at="2026-11-26T08:00", ends_at="2026-11-27T08:00", reason="家事"
    )
    with parts.database.reading() as session:
        leave = session.scalars(sa.select(StaffLeave)).one().id
    assert browser("liu").post(f"/me/leave/{leave}/cancel").status_code == 404
    assert person.post(f"/me/leave/{leave}/cancel").status_code == 302


@pytest.fixture
def _password(parts):
    with parts.database.scope() as session:
        passwords.set_password(session.get_one(Staff, "zhou"), "correct-horse")


@pytest.mark.usefixtures("_password")
def test_a_new_password_ends_the_other_sessions(parts, browser):
    person, other = browser("zhou"), browser("zhou")
    new = {"new": "battery-staple", "again": "battery-staple"}
    assert person.post("/me/password", password="wrong", **new).status_code == 422
    twice = person.post("/me/password", password="correct-horse", new="battery-1", again="b")
    assert "两次" in twice.text
    short = person.post("/me/password", password="correct-horse", new="short", again="short")
    assert short.status_code == 422
    assert person.post("/me/password", password="correct-horse", **new).status_code == 302
    assert person.get("/me").status_code == 200
    assert other.get("/me").status_code == 302


@pytest.mark.usefixtures("_password")
def test_a_second_factor_is_set_only_when_it_works(parts, browser):
    person = browser("zhou")
    assert "<svg" in person.get("/me/totp").text
    secret = pyotp.random_base32()
    wrong = person.post("/me/totp", secret=secret, code="000000", password="correct-horse")
    assert wrong.status_code == 422
    assert secret in wrong.text
    code = pyotp.TOTP(secret).now()
    answer = person.post("/me/totp", secret=secret, code=code, password="correct-horse")
    assert answer.status_code == 302
    with parts.database.reading() as session:
        assert session.get_one(Staff, "zhou").totp_secret == secret
    refused = person.post("/me/totp/remove", password="correct-horse", totp="000000")
    assert refused.status_code == 422
    code = pyotp.TOTP(secret).now()
    assert person.post("/me/totp/remove", password="correct-horse", totp=code).status_code == 302


def test_a_change_is_told_to_open_pages(parts, monkeypatch):
    monkeypatch.setattr(live, "EVERY", 0.0)
    stream = live._stream(live.Pulse(parts.database))
    assert next(stream) == streams.RETRY
    assert next(stream) == ": still here\n\n"
    open_ticket(parts)
    assert "event: changed" in next(stream)
    assert next(stream) == ": still here\n\n"


def test_a_step_on_an_old_ticket_is_told_too(parts, ticket, monkeypatch):
    monkeypatch.setattr(live, "EVERY", 0.0)
    pulse = live.Pulse(parts.database)
    before = pulse.last()
    later = parts.clock.now() + timedelta(minutes=1)
    with parts.working() as desk:
        desk.now = later
        service.accept(desk, service.get(desk, ticket), by="zhou")
    assert pulse.last() != before


def test_streams_are_bounded_and_give_their_places_back(browser):
    person = browser("zhou")
    open_ones = [person.get("/events") for _ in range(streams.CONSOLE)]
    assert {stream.status_code for stream in open_ones} == {200}
    assert person.get("/events").status_code == 204
    for stream in open_ones:
        stream.close()
    again = person.get("/events")
    assert again.status_code == 200
    again.close()


def test_the_first_page_is_small(browser, ticket):
    person = browser("zhou")
    whole = 0
    for path in ("/console/", "/static/console.css", "/static/console.js"):
        answer = person.client.get(path, headers={"Accept-Encoding": "gzip, deflate"})
        assert answer.headers["Content-Encoding"] in {"gzip", "deflate"}
        whole += len(answer.data)
        answer.close()
    assert whole < 40_000
    assert TOKEN.search(person.get("/me").text)


def test_no_page_has_script_or_style_inside(browser, ticket):
    person = browser("command")
    for path in ("/", f"/tickets/{ticket}", "/outages", "/outages/new", "/map", "/me", "/me/totp"):
        page = person.get(path).text
        assert " style=" not in page, path
        assert " onclick=" not in page, path
        assert "<script>" not in page, path
