"""Sign-in with the utility's own accounts: what proves who it is, and everything that does not."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import rsa
from structlog.testing import capture_logs

from bot.access.models import AuditEntry
from bot.app import create_app
from bot.platforms.http import new_client
from bot.platforms.oidc import Oidc
from handlers.grid.models import Staff
from tests.bot.console.conftest import TOKEN
from tests.support import identity
from tests.support.desks import NOW
from tests.support.identity import CLIENT, SECRET, Provider

AT = int(NOW.timestamp())


@pytest.fixture
def provider() -> Iterator[Provider]:
    with identity.running() as made:
        yield made


@pytest.fixture
def claim() -> str:
    return "sub"


@pytest.fixture
def client(parts, provider, claim):
    with new_client() as http:
        oidc = Oidc(provider.base, CLIENT, SECRET, claim, http, parts.clock)
        yield create_app(replace(parts, oidc=oidc)).test_client()


def sent_back(client, path="/console/oidc?next=/console/map") -> str:
    """Begin at our page, sign in at the provider; the address the browser comes back by."""
    asked = client.get(path)
    assert asked.status_code == 302, asked.text
    answer = httpx.get(asked.location, trust_env=False)
    back = urlsplit(answer.headers["location"])
    assert back.path == "/console/oidc/callback"
    return f"{back.path}?{back.query}"


def test_who_is_registered_comes_in_where_he_wanted_to(client, parts):
    answer = client.get(sent_back(client))
    assert answer.location == "/console/map"
    assert "周志强" in client.get("/console/me").text
    with parts.database.reading() as session:
        entry = session.scalar(sa.select(AuditEntry))
        assert (entry.actor, entry.action, entry.facts) == ("zhou", "sign_in", {"by": "oidc"})


@pytest.mark.parametrize("person", ["stranger", "", "zhou\0", "zh"])
def test_who_is_not_registered_stays_out(client, provider, person):
    provider.person = person
    answer = client.get(sent_back(client))
    assert answer.status_code == 403
    assert client.get("/console/me").status_code == 302


def test_a_stopped_account_stays_out(client, parts):
    with parts.database.scope() as session:
        session.get_one(Staff, "zhou").is_active = False
    answer = client.get(sent_back(client))
    assert answer.status_code == 403
    assert "找管理员" in answer.text


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"exp": AT - 61},
        {"iat": AT + 3600},
        {"nbf": AT + 3600},
        {"nonce": "of-another-sign-in"},
        {"nonce": None},
        {"exp": "soon"},
        {"sub": None},
        {"sub": 7},
        {"sub": ["zhou"]},
    ],
    ids=lambda claims: ",".join(f"{k}={v}"[:30] for k, v in claims.items()),
)
def test_a_token_that_is_not_for_us_now_and_this_sign_in_proves_nothing(client, provider, claims):
    provider.claims = claims
    answer = client.get(sent_back(client))
    assert answer.status_code == 403
    assert "没有登录成功" in answer.text
    assert client.get("/console/me").status_code == 302


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS512", "XX"])
def test_a_signature_of_another_kind_proves_nothing(client, provider, algorithm):
    provider.algorithm = algorithm
    assert client.get(sent_back(client)).status_code == 403


def test_a_signature_of_another_key_proves_nothing(client, provider):
    provider.published = rsa.generate_private_key(65537, 2048)
    assert client.get(sent_back(client)).status_code == 403


def test_a_new_key_of_the_provider_counts_at_once(client, provider):
    client.get(sent_back(client))
    provider.key = rsa.generate_private_key(65537, 2048)
    assert client.get(sent_back(client)).status_code == 302


def test_an_answer_counts_once(client):
    back = sent_back(client)
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 403


def test_an_answer_that_another_browser_asked_for_is_refused(client):
    stolen = sent_back(client)
    victim = client.application.test_client()
    assert victim.get(stolen).status_code == 403
    sent_back(victim)
    assert victim.get(stolen).status_code == 403
    assert victim.get("/console/me").status_code == 302


@pytest.mark.parametrize(
    "change",
    [
        {"state": ""},
        {"state": "另一个"},
        {"code": ""},
        {"code": "guessed"},
        {"iss": "https://evil.example"},
        {"error": "access_denied", "code": ""},
    ],
)
def test_an_answer_that_was_changed_on_the_way_is_refused(client, change):
    back = urlsplit(sent_back(client))
    query = {name: values[0] for name, values in parse_qs(back.query).items()} | change
    assert client.get(back.path, query_string=query).status_code == 403


def test_a_provider_that_says_it_is_another_is_not_asked(client, provider):
    provider.metadata = {"issuer": "https://evil.example"}
    answer = client.get("/console/oidc")
    assert answer.status_code == 503
    assert "用工号和密码登录" in answer.text


def test_a_provider_that_is_down_leaves_the_password(client, provider):
    back = sent_back(client)
    provider.is_down = True
    for path in ("/console/oidc", back):
        answer = client.get(path)
        assert answer.status_code == 503
        assert 'name="password"' in answer.text


def test_a_secret_may_have_to_go_in_the_form(client, provider):
    provider.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert client.get(sent_back(client)).status_code == 302


@pytest.mark.parametrize("claim", ["email"])
@pytest.mark.parametrize(("is_verified", "status"), [(True, 302), (False, 403), (None, 403)])
def test_an_address_counts_only_when_it_was_verified(client, provider, is_verified, status):
    provider.claims = {"sub": "u-17", "email": "zhou", "email_verified": is_verified}
    assert client.get(sent_back(client)).status_code == status


def test_nobody_is_sent_elsewhere_afterwards(client):
    back = sent_back(client, "/console/oidc?next=//evil.example")
    assert client.get(back).location == "/console/"


def test_the_session_from_before_is_gone(client):
    with client.session_transaction() as session:
        session["planted"] = "x"
    client.get(sent_back(client))
    with client.session_transaction() as session:
        assert "planted" not in session
        assert "oidc" not in session


def test_who_signs_out_is_offered_to_leave_the_provider_too(client, provider):
    client.get(sent_back(client))
    token = TOKEN.search(client.get("/console/me").text)[1]
    left = client.post("/console/logout", data={"csrf_token": token})
    assert client.get("/console/me").status_code == 302
    assert "/console/oidc/leave" in client.get(left.location).text
    away = urlsplit(client.get("/console/oidc/leave").location)
    assert f"{away.scheme}://{away.netloc}{away.path}" == f"{provider.base}/leave"
    query = parse_qs(away.query)
    assert query["post_logout_redirect_uri"] == ["http://localhost/console/login"]


def test_without_a_provider_there_is_no_such_way(app):
    client = app.test_client()
    for path in ("/console/oidc", "/console/oidc/callback", "/console/oidc/leave"):
        assert client.get(path).status_code == 404
    assert "单位账号" not in client.get("/console/login").text


def test_no_log_line_names_a_person_or_a_secret(client, provider):
    with capture_logs() as lines:
        back = sent_back(client)
        provider.claims = {"sub": "stranger-with-a-name"}
        client.get(back)
        provider.claims = {"nonce": "secret-nonce"}
        client.get(sent_back(client))
    said = str(lines)
    assert "oidc_refused" in said
    for word in ("stranger", "secret-nonce", SECRET, parse_qs(urlsplit(back).query)["code"][0]):
        assert word not in said
