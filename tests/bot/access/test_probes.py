"""What an attacker tries at every address: whatever it is, the answer is no fault of ours."""

import base64
import json
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from bot.access.apikeys import Scope
from tests.bot.access.conftest import TOKEN, on_both

FAULT = 500
ODD = (
    "\0",
    "\ud7ff",
    "%",
    "a\r\nSet-Cookie: x=1",
    "../../etc/passwd",
    "' OR 1=1 --",
    "{{7*7}}",
    "9" * 40,
    "-1",
    "字" * 300,
    "\u202e\u200b",
    "1e999",
)
NUMBERS = ("0", "-1", "9223372036854775807", "9223372036854775808", "9" * 30, "٣")
MOMENTS = (
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-11-25",
    "2026-11-25T10:00:00",
    "99999999999999",
    "-62135596800",
    "nan",
)
NAMES = (
    "q", "after", "view", "grid", "state", "from", "to", "cursor", "limit", "next", "since",
    "station", "group_by", "format", "ticket", "area_code", "code", "left", "created_from",
)  # fmt: skip
FIELDS = [
    "action",
    "again",
    "answer",
    "area",
    "area_codes",
    "at",
    "back",
    "building",
    "by",
    "category",
    "choice",
    "closes_at",
    "code",
    "comment",
    "communities",
    "community",
    "difference",
    "ends_at",
    "evidence",
    "grids",
    "id",
    "in_time",
    "into",
    "kind",
    "label",
    "learn",
    "manner",
    "new",
    "number",
    "options",
    "password",
    "place",
    "proof",
    "q",
    "question",
    "reason",
    "room",
    "root_cause",
    "score",
    "secret",
    "solved",
    "source",
    "special",
    "starts_at",
    "station",
    "text",
    "title",
    "to",
    "totp",
    "username",
    "verdict",
    "waiver",
]
METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "POST", "XYZ")
BODIES = (
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"1e999",
    b"NaN",
    b"\xff\xfe\x00",
    b'{"a":' * 2000,
    b"[" * 100_000,
    b'{"text":"\\ud800","by":"\\u0000"}',
    b'{"limit":' + b"9" * 5000 + b"}",
    json.dumps({"text": None, "by": [], "at": {}, "category": 7}).encode(),
    "{'text': '单引号'}".encode("gbk"),
)
KINDS = (
    "application/json",
    "text/xml",
    "multipart/form-data",
    "application/json; charset=utf-7",
    "",
)


@pytest.fixture
def app(app: Flask) -> Flask:
    """As in service: what nobody caught is a 500, not an exception of the test."""
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def caller(app, signed_in, key):
    """The command centre's browser, and a key with every scope."""
    client, headers = signed_in("command"), key(*Scope)

    def call(path: str, method: str = "GET", **options):
        options["headers"] = headers | options.pop("headers", {})
        answer = client.open(path, method=method, **options)
        answer.close()
        assert answer.status_code < FAULT, (method, path, options, answer.status_code)
        return answer

    return call


def rules(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in {"static", "console.events"}:  # one is Flask's, one lasts a minute
            yield rule


def paths(app: Flask, values: tuple[str, ...]) -> Iterator[str]:
    """Each address that takes values from its path, with each of these in each place."""
    adapter = app.url_map.bind("localhost")
    for rule in rules(app):
        for value in values:
            given = {
                name: ("approve" if name == "step" else value)
                if name not in rule._converters or rule._converters[name].regex != r"\d+"
                else 2**63
                for name in rule.arguments
            }
            if rule.arguments:
                yield adapter.build(rule.endpoint, given)


@on_both
def test_odd_values_in_an_address(app, caller):
    for path in paths(app, ODD):
        caller(path)
        caller(path, "POST", json={"by": "x", "action": "accept"})


def test_odd_values_in_a_query(app, caller):
    """A page is asked everything at once; the API refuses what it does not know, so one by one."""
    for rule in rules(app):
        if "GET" not in rule.methods or rule.arguments:
            continue
        if rule.endpoint.startswith("api."):
            queries = [{name: value} for name in NAMES for value in (*NUMBERS, *MOMENTS, "\0")]
        else:
            queries = [dict.fromkeys(NAMES, value) for value in (*ODD, *NUMBERS[-2:])]
        for query in queries:
            caller(rule.rule, query_string=query)


@on_both
def test_pages_that_never_were(caller):
    for number in NUMBERS + tuple(str(10**n) for n in range(15, 28)):
        cursor = base64.urlsafe_b64encode(number.encode()).decode().rstrip("=")
        for path in ("tickets", "outages"):
            assert caller(f"/api/v1/{path}?cursor={cursor}").status_code in {200, 422}


@on_both
def test_moments_that_no_calendar_holds(caller):
    for first in MOMENTS:
        for path in ("tickets", "tickets/export", "stats"):
            for name in ("created_from", "created_to", "from", "to"):
                query = {name: first, "format": "csv", "group_by": "grid"}
                wanted = {"tickets": [name], "tickets/export": [name, "format"]}
                kept = wanted.get(path, [name, "group_by"])
                caller(f"/api/v1/{path}", query_string={k: query[k] for k in kept})
        outage = {"kind": "fault", "area_codes": ["TQ0001"], "starts_at": first, "ends_at": first}
        caller("/api/v1/outages", "POST", json=outage)
        report = {
            "source_channel": "95598",
            "external_number": f"x{first}",
            "category": "fault",
            "text": "x",
        }
        caller("/api/v1/tickets", "POST", json=report | {"reported_at": first})


def test_bodies_of_any_kind(app, caller):
    adapter = app.url_map.bind("localhost")
    for rule in rules(app):
        if "POST" not in rule.methods or rule.endpoint.startswith("console."):
            continue  # a form of the console is nothing without its token: see the next test
        given = dict.fromkeys(rule.arguments, "1") | {"step": "change"}
        path = adapter.build(rule.endpoint, {name: given[name] for name in rule.arguments})
        for kind in KINDS:
            for body in BODIES:
                caller(path, "POST", data=body, content_type=kind)


@on_both
@pytest.mark.parametrize("value", ["\0", "٣", "9" * 400, "2026-02-30T25:61", "=1+1", "\u2028<b>"])
def test_odd_values_in_a_form(app, caller, ticket, value):
    """With the token, so that what stands behind it has to read them."""
    token = TOKEN.search(caller("/console/me").text)[1]
    fields = dict.fromkeys(FIELDS, value) | {"csrf_token": token}
    adapter = app.url_map.bind("localhost")
    for rule in rules(app):
        if "POST" in rule.methods and rule.endpoint.partition(".")[0] in {"console", "h5"}:
            known = {"number": ticket, "code": "TD1", "action": "note", "token": "x" * 22}
            given = {name: known.get(name, 1) for name in rule.arguments}
            if rule.endpoint != "console.logout":
                caller(adapter.build(rule.endpoint, given), "POST", data=fields)


@pytest.mark.parametrize("method", METHODS)
def test_methods_of_any_kind(app, caller, method):
    adapter = app.url_map.bind("localhost")
    for rule in rules(app):
        given = dict.fromkeys(rule.arguments, "1") | {"step": "approve"}
        path = adapter.build(rule.endpoint, {name: given[name] for name in rule.arguments})
        caller(path, method)


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer \xff\xfe"},
        {"Authorization": "Bearer " + "x" * 100_000},
        {"Authorization": "\xe9"},
        {"X-Forwarded-For": "' OR 1=1, \xff"},
        {"X-Forwarded-Proto": "javascript"},
        {"Cookie": "session=\xff.\xfe"},
        {"Cookie": "session=" + "e" * 60_000},
        {"Host": "evil.example"},
        {"Host": "a b\xff"},
        {"Content-Length": "-1"},
        {"Range": "bytes=9-1"},
        {"HX-Request": "true"},
        {"Last-Event-ID": "\xff"},
        {"User-Agent": "\xff" * 5000},
        {"Accept-Encoding": "gzip;q=nan, br;q=9"},
        {"If-None-Match": '"\xff'},
    ],
    ids=lambda headers: str(headers)[:40],
)
def test_odd_headers(app, caller, headers):
    for rule in rules(app):
        if "GET" in rule.methods and not rule.arguments:
            caller(rule.rule, headers=headers)
