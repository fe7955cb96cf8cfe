"""Residents' links: one record, one purpose, one person; and the way back from OAuth."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from bot.app import create_app
from handlers.tickets import service
from handlers.tickets.models import ShortLink
from tests.bot.access.conftest import NAME, OPENID, PHONE, ROOM


class OAuth:
    """Stands where the platform stands: a code is the openid of who came back."""

    def authorize_url(self, back: str, state: str) -> str:
        return f"https://open.example/authorize?redirect_uri={back}&state={state}"

    def openid(self, code: str) -> str:
        return code


@pytest.fixture
def resident(parts):
    """A browser in which a person has proven who he is on the way to a page."""
    app = create_app(replace(parts, wechat_oauth=OAuth()))

    def come(path: str, openid: str):
        client = app.test_client()
        sent = client.get(f"{path}/whole")
        query = parse_qs(urlsplit(sent.location).query)
        state = query["state"][0]
        client.get(f"/h5/oauth?next={path}&code={openid}&state={state}")
        return client

    come.app = app
    return come


@pytest.fixture(autouse=True)
def replied(parts, ticket):
    """Words that only the resident himself may read."""
    with parts.working() as desk:
        service.reply(desk, service.get(desk, ticket), by="zhou", text="换了保险丝")


def test_a_made_up_token_opens_nothing(client, ticket, link):
    path = link("ticket", ticket)
    for wrong in (path[:-1], path[:-1] + "!", "/h5/t/" + ticket, "/h5/t/1", "/h5/t/%00"):
        assert client.get(wrong).status_code == 404, wrong


def test_tokens_carry_128_random_bits(link, ticket):
    tokens = {link("ticket", ticket).rpartition("/")[2] for _ in range(50)}
    assert len(tokens) == 50
    assert {len(token) for token in tokens} == {22}


def test_a_link_shows_steps_but_no_words_to_who_only_holds_it(client, ticket, link):
    page = client.get(link("ticket", ticket)).text
    for personal in (NAME, PHONE, ROOM, "换了保险丝", OPENID):
        assert personal not in page


def test_another_resident_with_the_link_is_still_another(resident, ticket, link):
    path = link("ticket", ticket)
    assert "换了保险丝" in resident(path, OPENID).get(path).text
    assert "换了保险丝" not in resident(path, "oSomeoneElse").get(path).text


def test_a_link_of_nobody_is_nobodys_own(client, ticket, link):
    assert "换了保险丝" not in client.get(link("ticket", ticket, openid=None)).text
    assert client.get(link("bills", "1", openid=None)).status_code == 302


def test_bills_open_for_their_own_resident_alone(resident, link):
    path = link("bills", "1")
    assert resident(path, "oSomeoneElse").get(path).status_code == 302
    assert resident(path, OPENID).get(path).status_code == 200


def test_a_link_serves_its_one_purpose(app, client, ticket, link):
    app.config["WTF_CSRF_ENABLED"] = False
    path = link("ticket", ticket)
    assert client.post(f"{path}/survey", data={"score": "1"}).status_code == 404
    assert client.get(link("unheard_of", ticket)).status_code == 404


def test_a_lapsed_link_opens_nothing(parts, client, ticket, link):
    path = link("ticket", ticket)
    assert client.get(path).status_code == 200
    with parts.database.scope() as session:
        past = parts.clock.now() - timedelta(seconds=1)
        session.execute(sa.update(ShortLink).values(expires_at=past))
    assert client.get(path).status_code == 404


def test_the_way_back_needs_the_state_of_this_browser(resident, ticket, link):
    path = link("ticket", ticket)
    asked, other = resident.app.test_client(), resident.app.test_client()
    state = parse_qs(urlsplit(asked.get(f"{path}/whole").location).query)["state"][0]
    address = f"/h5/oauth?next={path}&code={OPENID}&state={state}"
    assert other.get(address).status_code == 400
    assert asked.get(address).status_code == 302
    assert asked.get(address).status_code == 400  # good once


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/h5/t/other"])
def test_the_way_back_leads_where_it_was_asked_for_and_nowhere_else(resident, ticket, link, target):
    path = link("ticket", ticket)
    client = resident.app.test_client()
    state = parse_qs(urlsplit(client.get(f"{path}/whole").location).query)["state"][0]
    answer = client.get("/h5/oauth", query_string={"next": target, "code": OPENID, "state": state})
    assert answer.status_code == 400


def test_a_residents_proof_is_no_sign_in_to_the_console(resident, ticket, link):
    path = link("ticket", ticket)
    client = resident(path, OPENID)
    assert client.get("/console/").status_code == 302
    assert client.get("/dashboard/").status_code in {302, 401, 404}
