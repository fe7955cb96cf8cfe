"""Every route of the API with every scope: none answers a key that lacks its own."""

import csv
import io

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from bot.access import apikeys
from bot.access.apikeys import Scope
from bot.access.cells import FORMULA, safe
from bot.access.models import ApiKey
from handlers.tickets.models import Category
from handlers.tickets.opening import Wish, open_ticket
from tests.bot.access.conftest import ACCOUNT, NAME, PHONE, on_both

FORBIDDEN, UNAUTHORIZED = 403, 401


def routes(app):
    """Each route but the public document: endpoint, method, path, the scope it says it needs."""
    adapter = app.url_map.bind("127.0.0.1")
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("api.") or rule.endpoint == "api.document":
            continue
        values = dict.fromkeys(rule.arguments, "X1") | (
            {"step": "approve"} if "step" in rule.arguments else {}
        )
        scope = getattr(app.view_functions[rule.endpoint], "scope", None)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            yield rule.endpoint, method, adapter.build(rule.endpoint, values), scope


def test_every_route_names_its_scope_and_writing_is_not_reading(app):
    found = list(routes(app))
    assert len(found) >= 11
    for endpoint, method, _, scope in found:
        assert scope in set(Scope), endpoint
        assert (method == "GET") == scope.endswith(":read"), endpoint


def test_no_route_answers_without_a_key(app, client):
    for endpoint, method, path, _ in routes(app):
        for headers in ({}, {"Authorization": "Bearer gb_wrong"}, {"Authorization": "Basic eDp5"}):
            answer = client.open(path, method=method, json={}, headers=headers)
            assert answer.status_code == UNAUTHORIZED, endpoint
            assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("scope", list(Scope))
def test_a_key_opens_what_its_scope_says(app, client, key, scope):
    headers = key(scope)
    for endpoint, method, path, wanted in routes(app):
        status = client.open(path, method=method, json={}, headers=headers).status_code
        assert (status == FORBIDDEN) == (wanted != scope), (endpoint, status)
        assert status < 500, endpoint


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("POST", "/api/v1/outages/TD1/explode", 404),
        ("GET", "/api/v2/tickets", 404),
        ("GET", "/api", 404),
        ("DELETE", "/api/v1/tickets", 405),
        ("TRACE", "/api/v1/stats", 405),
    ],
)
def test_an_address_that_no_view_has_answers_with_a_problem_too(client, key, method, path, status):
    answer = client.open(path, method=method, headers=key())
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json["status"] == status
    assert ("Allow" in answer.headers) == (status == 405)


def test_an_address_of_a_page_that_is_not_there_is_no_problem_document(client):
    assert client.get("/nothing").content_type.startswith("text/html")


def test_the_scheme_of_a_key_is_read_in_any_case(client, key):
    made = key()["Authorization"].removeprefix("Bearer ")
    for scheme in ("bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {made}"}
        assert client.get("/api/v1/tickets", headers=headers).status_code == 200


def test_a_revoked_key_opens_nothing(parts, client, key):
    headers = key()
    assert client.get("/api/v1/tickets", headers=headers).status_code == 200
    with parts.working() as desk:
        assert apikeys.revoke(desk.session, "usual", now=desk.now)
    assert client.get("/api/v1/tickets", headers=headers).status_code == UNAUTHORIZED


def test_a_key_is_kept_as_its_hash_alone(parts, key):
    made = key()["Authorization"].removeprefix("Bearer ")
    with parts.database.reading() as session:
        kept = session.query(ApiKey).one()
    assert made not in str(vars(kept))


def test_personal_data_is_masked_without_its_scope(client, key, ticket):
    usual = client.get(f"/api/v1/tickets/{ticket}", headers=key())
    for personal in (NAME, PHONE, ACCOUNT):
        assert personal not in usual.text
    trusted = key("tickets:read", "personal:read")
    body = {"source_channel": "95598", "external_number": "N1", "category": "fault", "name": NAME}
    told = client.post(
        "/api/v1/tickets",
        json=body | {"text": f"我是{NAME}，住2单元501，跳闸"},
        headers=key("tickets:write"),
    ).json["number"]
    shown = client.get(f"/api/v1/tickets/{told}", headers=key("tickets:read")).text
    assert NAME not in shown
    assert "2单元501" not in shown
    whole = client.get(f"/api/v1/tickets/{ticket}", headers=trusted).json
    assert (whole["name"], whole["phone"], whole["account_number"]) == (NAME, PHONE, ACCOUNT)


@on_both
@pytest.mark.parametrize("text", ["a\0b", "\ud800", "\x01\x02", "=1+1", "＝cmd", "𠮷" * 4000])
def test_strange_texts_are_taken_or_refused_and_never_a_fault(client, key, text):
    body = {"source_channel": "95598", "external_number": "E1", "category": "fault", "text": text}
    headers = key()
    answer = client.post("/api/v1/tickets", json=body, headers=headers)
    assert answer.status_code in {201, 422}
    for wanted in ("csv", "xlsx"):
        assert (
            client.get(f"/api/v1/tickets/export?format={wanted}", headers=headers).status_code
            == 200
        )


@pytest.mark.parametrize("start", FORMULA)
def test_no_cell_of_an_export_begins_a_formula(client, key, start):
    headers = key()
    body = {
        "source_channel": "95598",
        "external_number": f"{start}E1".strip() or "E1",
        "category": "fault",
        "text": f"{start}HYPERLINK(1)",
        "community": f"{start}cmd|' /C calc'!A0",
    }
    assert client.post("/api/v1/tickets", json=body, headers=headers).status_code == 201
    table = client.get("/api/v1/tickets/export?format=csv", headers=headers).data.decode(
        "utf-8-sig"
    )
    sheet = client.get("/api/v1/tickets/export?format=xlsx", headers=headers).data
    rows = load_workbook(io.BytesIO(sheet)).active.iter_rows(values_only=True)
    for cell in [cell for row in [*csv.reader(io.StringIO(table)), *rows] for cell in row]:
        assert not str(cell or "").startswith(FORMULA)


def test_a_plain_cell_stays_as_it_is():
    assert (safe("停电了"), safe(None), safe(5), safe("=1")) == ("停电了", "", "5", "'=1")
    assert (safe(" 停电"), safe(" =1"), safe("\u3000＝1")) == (" 停电", "' =1", "'\u3000＝1")


def test_an_export_asks_the_database_no_more_for_more_tickets(parts, client, key, ticket):
    asked = []
    sa.event.listen(parts.database.engine, "before_cursor_execute", lambda *_: asked.append(1))

    def export() -> int:
        asked.clear()
        answer = client.get("/api/v1/tickets/export?format=csv", headers=headers)
        assert answer.status_code == 200
        return len(asked)

    headers = key()
    with_one = export()
    with parts.working() as desk:
        for number in range(20):
            wish = Wish(Category.FAULT, "跳闸", openid=f"o{number}", community_code="C001")
            open_ticket(desk, wish)
    assert export() == with_one
