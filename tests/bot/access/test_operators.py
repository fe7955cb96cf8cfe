"""What operators ask, with and without what the product stands on; and what strangers may ask."""

from dataclasses import replace

import pytest
from pydantic import SecretStr
from redis import Redis

from bot.app import CALLBACKS, create_app
from bot.parts import Parts
from config.ciphers import FieldCipher
from config.database import Database
from tests.support.desks import NOW

TOKEN = "metrics-token-of-the-operators"
NOWHERE = "postgresql://nobody@127.0.0.1:9/none"
# What anybody may open, and why. Whatever is added to a blueprint is guarded, or stands here.
PUBLIC = {
    "static": "style, script and pictures of ours",
    "health.healthz": "alive or not",
    "health.readyz": "which parts are missing, nothing else",
    "health.prometheus": "asks for loopback or the token itself",
    "console.login": "the sign-in",
    "console.sign_in": "the sign-in",
    "console.wecom": "the way to WeCom's sign-in",
    "console.wecom_callback": "the way back",
    "console.oidc": "the way to the provider's sign-in",
    "console.oidc_callback": "the way back",
    "console.oidc_leave": "the way to the provider's sign-out",
    "api.document": "the contract of the API",
    "h5.outages_page": "outages are told to everybody",
    "h5.outages_json": "outages are told to everybody",
    "h5.outages_rss": "outages are told to everybody",
    "h5.outage_page": "outages are told to everybody",
    "h5.poll_page": "a question to everybody; voting takes a proof",
    "h5.prove": "the way to the platform's sign-in",
}
# A wrong token, or no answer of the platform, is as if there were no such page.
BEHIND_A_SECRET = {"h5.show", "h5.show_whole", "h5.come_back"}
REFUSED = {302, 401, 403}


@pytest.fixture
def without_database(parts: Parts):
    database = Database(NOWHERE, FieldCipher(("test-field-key-000",)))
    yield create_app(replace(parts, database=database)).test_client()
    database.close()


def test_without_the_database_it_lives_but_is_not_ready(without_database):
    assert without_database.get("/healthz").status_code == 200
    ready = without_database.get("/readyz")
    assert (ready.status_code, ready.json["degraded"]) == (503, ["database"])
    assert without_database.get("/metrics").status_code == 503


def test_without_redis_or_a_worker_it_is_ready_and_says_what_is_missing(parts: Parts):
    away = Redis(host="127.0.0.1", port=9, socket_connect_timeout=0.2, retry=None)
    client = create_app(replace(parts, redis=away)).test_client()
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert {"redis", "worker"} <= set(ready.json["degraded"])
    assert 'gridbot_degraded{part="redis"} 1.0' in client.get("/metrics").text
    away.close()


@pytest.mark.parametrize("nlu", ["local"])
def test_ready_says_which_engine_answers(client, nlu):
    assert client.get("/readyz").json["nlu"] == nlu


@pytest.fixture
def guarded(parts: Parts):
    settings = parts.settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    return create_app(replace(parts, settings=settings)).test_client()


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", "Bearer \xff"]
)
def test_with_a_token_the_figures_are_for_who_has_it_also_on_loopback(guarded, header):
    headers = {} if header is None else {"Authorization": header}
    assert guarded.get("/metrics", headers=headers).status_code == 401


def test_the_token_opens_the_figures_from_anywhere(guarded):
    answer = guarded.get(
        "/metrics",
        headers={"Authorization": f"Bearer {TOKEN}"},
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
    )
    assert answer.status_code == 200
    assert "gridbot_outbox_messages" in answer.text


def test_every_route_of_every_surface_is_guarded_or_public_by_name(app, client):
    """A form without its token (400) has told nobody anything either."""
    adapter = app.url_map.bind("localhost")
    answered = set()
    for rule in app.url_map.iter_rules():
        given = dict.fromkeys(rule.arguments, "1") | {"step": "approve"}
        path = adapter.build(rule.endpoint, {name: given[name] for name in rule.arguments})
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            refusals = REFUSED | ({400} if method == "POST" else set())
            if client.open(path, method=method).status_code not in refusals:
                answered.add(rule.endpoint)
    assert answered <= set(PUBLIC) | BEHIND_A_SECRET
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert set(PUBLIC) | BEHIND_A_SECRET <= known, "what is gone needs no exception"


@pytest.mark.parametrize("path", sorted(CALLBACKS))
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "XYZ"])  # fmt: skip
def test_a_door_does_nothing_for_who_cannot_sign(client, path, method):
    at = str(int(NOW.timestamp()))
    for query in ({}, {"signature": "é", "timestamp": at, "nonce": "字"}, {"msg_signature": "x"}):
        answer = client.open(path, method=method, query_string=query, data=b"<xml/>")
        assert answer.status_code in ({200} if method == "OPTIONS" else {400, 403, 405})
        assert not answer.data or method != "HEAD"
