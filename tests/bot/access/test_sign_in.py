"""Sign-in: lock-out, redirects, sessions that end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.access.models import EndedSession
from bot.access.signed_in import safe_next
from bot.console.login import WRONG
from bot.privacy import sweep
from handlers.grid.models import Staff
from tests.bot.access.conftest import PASSWORD, TOKEN, on_both, sign_in


def test_the_right_password_opens_and_the_wrong_one_does_not(client):
    assert sign_in(client, "zhou", "wrong password").status_code == 422
    answer = sign_in(client, "zhou", PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/console/")
    assert client.get("/console/").status_code == 200


def test_five_failures_lock_the_account_even_for_the_right_password(client):
    for _ in range(5):
        assert sign_in(client, "zhou", "wrong password").status_code == 422
    assert sign_in(client, "zhou", PASSWORD).status_code == 429


def test_five_failures_lock_the_address_for_every_account(client):
    for number in range(5):
        sign_in(client, f"nobody{number}", "wrong password")
    assert sign_in(client, "zhou", PASSWORD).status_code == 429


@on_both
def test_tries_at_once_count_one_by_one(app):
    def attempt(_):
        return sign_in(app.test_client(), "zhou", "wrong password").status_code

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(attempt, range(8)))
    assert found == [422] * 5 + [429] * 3


def test_an_unknown_account_is_told_the_same_as_a_wrong_password(client):
    known = sign_in(client, "zhou", "wrong password").text.replace("zhou", "?")
    unknown = sign_in(client, "nobody", "wrong password").text.replace("nobody", "?")
    assert WRONG in known
    assert TOKEN.sub("", known) == TOKEN.sub("", unknown)


@on_both
@pytest.mark.parametrize("userid", ["zhou\0", "\0", "x" * 5000, "'; drop table staff; --"])
def test_a_strange_account_name_is_just_wrong(client, userid):
    assert sign_in(client, userid, "wrong password").status_code == 422


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "",
        None,
    ],
)
def test_after_signing_in_nobody_is_sent_elsewhere(client, target):
    assert safe_next(target, "/console/") == "/console/"
    if target is not None:
        answer = sign_in(client, "zhou", PASSWORD, next=target)
        assert answer.location == "/console/"


def test_a_path_of_ours_is_gone_to():
    assert safe_next("/console/tickets/T1?x=1", "/") == "/console/tickets/T1?x=1"


def test_a_session_ends_after_twelve_hours(signed_in):
    assert signed_in("zhou", ago=timedelta(hours=11)).get("/console/").status_code == 200
    assert signed_in("zhou", ago=timedelta(hours=13)).get("/console/").status_code == 302


def test_a_new_password_ends_older_sessions(parts, signed_in):
    old, new = signed_in("zhou", ago=timedelta(hours=2)), signed_in("zhou")
    with parts.database.scope() as session:
        staff = session.get_one(Staff, "zhou")
        staff.sessions_valid_from = datetime.now(UTC) - timedelta(hours=1)
    assert old.get("/console/").status_code == 302
    assert new.get("/console/").status_code == 200


@on_both
def test_a_copied_cookie_opens_nothing_once_its_session_was_signed_out_of(parts, app, client):
    sign_in(client, "zhou", PASSWORD)
    copy, other = app.test_client(), app.test_client()
    copy.set_cookie("session", client.get_cookie("session").value)
    sign_in(other, "zhou", PASSWORD)
    assert copy.get("/console/me").status_code == 200
    token = TOKEN.search(client.get("/console/me").text)[1]
    assert client.post("/console/logout", data={"csrf_token": token}).status_code == 302
    assert copy.get("/console/me").status_code == 302
    assert other.get("/console/me").status_code == 200  # another device of the same person
    with parts.working() as desk:
        desk.session.execute(sa.update(EndedSession).values(at=desk.now - timedelta(hours=13)))
    sweep(parts)
    with parts.database.reading() as session:
        assert session.query(EndedSession).all() == []


def test_a_stopped_account_is_out_at_once(parts, signed_in):
    browser = signed_in("zhou")
    assert browser.get("/console/").status_code == 200
    with parts.database.scope() as session:
        session.get_one(Staff, "zhou").is_active = False
    assert browser.get("/console/").status_code == 302


def test_signing_in_begins_a_new_session(client):
    with client.session_transaction() as session:
        session["wecom_next"], session["openid"] = "/console/planted", "oPlanted"
    sign_in(client, "zhou", PASSWORD)
    with client.session_transaction() as session:
        assert set(session) - {"csrf_token"} == {"userid", "since", "by"}


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client):
    cookie = sign_in(client, "zhou", PASSWORD).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
