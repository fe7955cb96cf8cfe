"""Signing in: the lock-out, the second factor, where one goes afterwards, WeCom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlparse

import pyotp
import pytest
import sqlalchemy as sa

from bot.access import audit, passwords
from bot.access.models import AuditEntry
from bot.app import create_app
from handlers.grid.models import Staff
from notifier.errors import ChannelError
from tests.bot.console.conftest import TOKEN

RIGHT = "correct-horse"


@pytest.fixture
def zhou(parts):
    with parts.database.scope() as session:
        passwords.set_password(session.get_one(Staff, "zhou"), RIGHT)


def sign_in(client, username="zhou", password=RIGHT, **more):
    token = TOKEN.search(client.get("/console/login").text)[1]
    form = {"csrf_token": token, "username": username, "password": password} | more
    return client.post("/console/login", data=form)


@pytest.mark.usefixtures("zhou")
def test_the_right_password_opens_the_queue(app, parts):
    client = app.test_client()
    assert sign_in(client).location == "/console/"
    assert "我的" in client.get("/console/").text
    with parts.database.reading() as session:
        assert session.scalar(sa.select(AuditEntry.action)) == "sign_in"
        assert audit.verify(session) == []


@pytest.mark.usefixtures("zhou")
def test_one_goes_on_to_the_page_one_wanted_but_never_to_another_site(app):
    client = app.test_client()
    assert sign_in(client, next="/console/map").location == "/console/map"
    assert sign_in(app.test_client(), next="//evil.example").location == "/console/"
    assert sign_in(app.test_client(), next="https://evil.example/").location == "/console/"


@pytest.mark.usefixtures("zhou")
def test_a_wrong_password_is_said_and_the_name_kept(app):
    answer = sign_in(app.test_client(), password="wrong")
    assert answer.status_code == 422
    assert 'value="zhou"' in answer.text
    assert "密码或验证码不对" in answer.text


@pytest.mark.usefixtures("zhou")
def test_five_failures_lock_the_account_even_for_the_right_password(app):
    client = app.test_client()
    for _ in range(5):
        assert sign_in(client, password="wrong").status_code == 422
    locked = sign_in(client)
    assert locked.status_code == 429
    assert "15 分钟" in locked.text


def test_nobody_is_told_whether_an_account_exists(app):
    assert "密码或验证码不对" in sign_in(app.test_client(), username="nobody").text


@pytest.mark.usefixtures("zhou")
def test_a_second_factor_is_demanded_once_it_is_set(app, parts):
    secret = pyotp.random_base32()
    with parts.database.scope() as session:
        session.get_one(Staff, "zhou").totp_secret = secret
    assert sign_in(app.test_client()).status_code == 422
    assert sign_in(app.test_client(), totp=pyotp.TOTP(secret).now()).status_code == 302


@pytest.mark.usefixtures("zhou")
def test_a_code_that_was_seen_over_the_shoulder_opens_nothing(app, parts):
    secret = pyotp.random_base32()
    with parts.database.scope() as session:
        session.get_one(Staff, "zhou").totp_secret = secret
    now = datetime.now(UTC)
    code, next_code = (pyotp.TOTP(secret).at(now + timedelta(seconds=s)) for s in (0, 30))
    assert sign_in(app.test_client(), totp=code).status_code == 302
    assert sign_in(app.test_client(), totp=code).status_code == 422
    assert sign_in(app.test_client(), totp=next_code).status_code == 302
    assert sign_in(app.test_client(), totp=code).status_code == 422


@pytest.mark.usefixtures("zhou")
def test_signing_out_ends_it(app):
    client = app.test_client()
    sign_in(client)
    token = TOKEN.search(client.get("/console/me").text)[1]
    client.post("/console/logout", data={"csrf_token": token})
    assert client.get("/console/").status_code == 302


def test_a_stopped_account_is_out_at_once(parts, browser):
    person = browser("zhou")
    assert person.get("/").status_code == 200
    with parts.database.scope() as session:
        session.get_one(Staff, "zhou").is_active = False
    assert person.get("/").status_code == 302


class WeCom:
    """The platform's sign-in: a code is a userid."""

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        return f"https://open.example/?redirect_uri={redirect_uri}&state={state}"

    def userid(self, code: str) -> str:
        if code == "bad":
            raise ChannelError("invalid code", permanent=True)
        return code


@pytest.fixture
def wecom_client(parts):
    return create_app(replace(parts, wecom_oauth=WeCom())).test_client()


def asked_state(client) -> str:
    answer = client.get("/console/wecom?next=/console/map")
    return parse_qs(urlparse(answer.location).query)["state"][0]


def test_wecom_says_who_opened_the_page(wecom_client):
    state = asked_state(wecom_client)
    answer = wecom_client.get(f"/console/wecom/callback?code=ZHOU&state={state}")
    assert answer.location == "/console/map"
    assert wecom_client.get("/console/me").status_code == 200


@pytest.mark.parametrize("code", ["bad", "stranger"])
def test_wecom_knows_nobody_else(wecom_client, code):
    state = asked_state(wecom_client)
    answer = wecom_client.get(f"/console/wecom/callback?code={code}&state={state}")
    assert answer.status_code == 403
    assert wecom_client.get("/console/me").status_code == 302


def test_a_sign_in_someone_else_began_is_refused(wecom_client):
    asked_state(wecom_client)
    answer = wecom_client.get("/console/wecom/callback?code=zhou&state=another")
    assert answer.status_code == 403


def test_inside_wecom_nobody_types_a_password(wecom_client):
    answer = wecom_client.get(
        "/console/login?next=/console/map", headers={"User-Agent": "Mozilla/5.0 wxwork/4.1"}
    )
    assert answer.location == "/console/wecom?next=/console/map"
