"""The pages of events and polls: the question for all, a vote for whom WeChat vouches."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from bot.app import create_app
from bot.parts import Parts
from handlers.surveys import community_events, polls
from handlers.surveys.scopes import Asked
from tests.bot.access.test_links import OAuth

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
OPTIONS = ["周六", "周日"]


@pytest.fixture
def poll(parts: Parts) -> int:
    with parts.working() as desk:
        return polls.create(
            desk,
            by="zhou",
            station_code="CD",
            question="检修放在哪天好？",
            options=OPTIONS,
            asked=Asked((), ("CD01",)),
            closes_at=desk.now + timedelta(days=1),
        ).id


@pytest.fixture
def proven(parts: Parts) -> Callable[[str, int], FlaskClient]:
    """A browser in which a resident has proven himself on the way to a poll."""
    app = create_app(replace(parts, wechat_oauth=OAuth()))

    def come(openid: str, poll_id: int) -> FlaskClient:
        client = app.test_client()
        sent = client.get(f"/h5/polls/{poll_id}/in")
        state = parse_qs(urlsplit(sent.location).query)["state"][0]
        client.get(f"/h5/oauth?next=/h5/polls/{poll_id}&code={openid}&state={state}")
        return client

    return come


def votes(client: FlaskClient, poll_id: int, **form: str) -> Any:
    token = TOKEN.search(client.get(f"/h5/polls/{poll_id}").text)[1]
    return client.post(f"/h5/polls/{poll_id}", data={"csrf_token": token} | form)


def test_everyone_reads_the_question_and_only_the_proven_vote(
    client: FlaskClient, poll: int
) -> None:
    page = client.get(f"/h5/polls/{poll}").text
    assert all(option in page for option in OPTIONS)
    assert "<form" not in page
    assert client.get("/h5/polls/999").status_code == 404


def test_whose_home_is_not_known_says_it_and_votes_once(
    parts: Parts, proven: Callable[..., FlaskClient], poll: int
) -> None:
    client = proven("openid-new", poll)
    refused = votes(client, poll, choice="1")
    assert refused.status_code == 422
    assert "哪个小区" in refused.text
    assert "已经投过" in votes(client, poll, choice="1", community="C002").text
    with parts.looking() as desk:
        assert polls.voters(desk.session, polls.get(desk, poll)) == 1


def test_nothing_chosen_says_so(proven: Callable[..., FlaskClient], poll: int) -> None:
    refused = votes(proven("openid-new", poll), poll, choice="x", community="C001")
    assert refused.status_code == 422
    assert "请点一个选项" in refused.text


def test_an_event_takes_an_opinion_and_says_what_lacks(
    parts: Parts, link: Callable[..., str], fill_in: Callable[..., Any]
) -> None:
    with parts.working() as desk:
        event = community_events.create(
            desk,
            by="zhou",
            station_code="CD",
            title="进社区",
            place="广场",
            asked=Asked(("C001",)),
            starts_at=desk.now,
            ends_at=desk.now + timedelta(hours=1),
        ).id
    page = link("event", str(event))
    refused = fill_in(page, "/event", text="好")
    assert refused.status_code == 422
    assert "请写具体一点" in refused.text
    assert "单号 T" in fill_in(page, "/event", text="停电通知早点发").text
    with parts.looking() as desk:
        found = community_events.results(desk, community_events.get(desk, event))
        assert len(found.tickets) == 1
