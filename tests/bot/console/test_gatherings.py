"""A station's staff announce events and polls; another station's are not there."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot import event_codes
from bot.parts import Parts
from bot.platforms.wechat import QRCode
from handlers.surveys import polls
from handlers.surveys.models import CommunityEvent, Poll
from tests.bot.console.conftest import Browser

AsPerson = Callable[[str], Browser]
EVENT = {
    "title": "冬季用电进社区",
    "place": "广场",
    "starts_at": "2026-11-28T09:00",
    "ends_at": "2026-11-28T11:00",
    "communities": "C001",
}
POLL = {
    "question": "检修放在哪天好？",
    "options": "周六\r\n周日\r\n",
    "closes_at": "2026-12-01T20:00",
    "grids": "CD01",
}


class Platform:
    """Stands where the platform stands: a code for a scene."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int | None]] = []

    def create_qrcode(self, scene: str, *, seconds: int | None = None) -> QRCode:
        self.asked.append((scene, seconds))
        return QRCode("ticket", f"http://weixin.example/q/{scene}")


def test_an_event_is_announced_and_its_page_waits_for_opinions(browser: AsPerson) -> None:
    answer = browser("zhou").post("/gatherings/events", **EVENT)
    assert answer.status_code == 302
    page = browser("zhou").client.get(answer.location).text
    assert "冬季用电进社区" in page
    assert "还没有人提" in page
    assert browser("qiu").client.get(answer.location).status_code == 404
    assert "冬季用电进社区</a>" in browser("deng").get("/gatherings").text
    assert "冬季用电进社区</a>" not in browser("qiu").get("/gatherings").text


@pytest.mark.parametrize(
    ("missing", "words"),
    [("title", "请写上活动名称"), ("starts_at", "请写上开始时间"), ("communities", "请选小区")],
)
def test_what_lacks_is_said_and_the_rest_is_kept(
    browser: AsPerson, missing: str, words: str
) -> None:
    answer = browser("zhou").post("/gatherings/events", **(EVENT | {missing: ""}))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="广场"' in answer.text


def test_staff_see_how_many_voted_but_no_counts_before_the_end(
    parts: Parts, browser: AsPerson
) -> None:
    location = browser("zhou").post("/gatherings/polls", **POLL).location
    with parts.working() as desk:
        poll = desk.session.query(Poll).one()
        polls.vote(desk, poll, "openid-a", 0, community_code="C001")
    page = browser("zhou").client.get(location).text
    assert "<b>1</b> 人投票" in page
    assert "100.0%" not in page
    with parts.working() as desk:
        desk.session.query(Poll).one().closes_at = desk.now
    assert "100.0%" in browser("zhou").client.get(location).text


def test_the_platform_makes_the_codes_once(parts: Parts, browser: AsPerson) -> None:
    platform = Platform()
    browser("zhou").post("/gatherings/events", **EVENT)
    browser("zhou").post("/gatherings/polls", **POLL)
    with_platform = replace(parts, wechat=platform)
    event_codes.make_codes(with_platform)
    event_codes.make_codes(with_platform)
    assert [scene for scene, _ in platform.asked] == ["event_1", "poll_1"]
    assert all(seconds and seconds < 30 * 86400 for _, seconds in platform.asked)
    with parts.looking() as desk:
        assert desk.session.query(CommunityEvent).one().code_url.endswith("event_1")
    picture = browser("zhou").get("/gatherings/events/1/code.svg")
    assert picture.mimetype == "image/svg+xml"
    assert b"<svg" in picture.data
