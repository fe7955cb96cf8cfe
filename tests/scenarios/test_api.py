"""Other systems at `/api/v1`: tickets in and out, what is refused and how (CONTRACT.md, API)."""

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.support.product import Product
from tests.support.systems import OtherSystem, key_for

PHONE, ACCOUNT = "19900000030", "3699988993"


@pytest.fixture(scope="module")
def api(product: Product) -> OtherSystem:
    return key_for(product, "call-centre")


@pytest.fixture(scope="module")
def personal(product: Product) -> OtherSystem:
    return key_for(product, "trusted", "tickets:read", "personal:read")


@pytest.fixture
def numbers(request: pytest.FixtureRequest) -> str:
    return request.node.name[-40:]


def ticket(number: str, **more: Any) -> dict[str, Any]:
    return {
        "source_channel": "95598",
        "external_number": number,
        "category": "fault",
        "text": f"棉纺一厂宿舍7栋跳闸，电话{PHONE}",
        "community": "棉纺一厂宿舍",
        "address": "7栋1单元201",
        "phone": PHONE,
        "name": "石宇航",
        "account_number": ACCOUNT,
        **more,
    }


def test_the_same_number_is_the_same_ticket_and_a_changed_text_is_added(
    product: Product, api: OtherSystem, numbers: str
):
    made = api.post("tickets", ticket(numbers), status=201)
    assert made["number"].startswith("T20261127")
    assert (made["state"], made["grid_code"]) == ("assigned", "CD01")
    assert made["assignee"] == {"userid": "wuguoqing", "name": "吴国庆"}
    assert api.post("tickets", ticket(numbers))["number"] == made["number"]
    again = api.post("tickets", ticket(numbers, text="又跳了一次", category="outage"))
    assert again["number"] == made["number"]
    whole = api.get(f"tickets/{made['number']}")
    assert whole["category"] == "fault"
    assert any("又跳了一次" in (step.get("text") or "") for step in whole["timeline"])
    product.manager("wuguoqing").card(made["number"])


def test_what_is_personal_is_masked_without_its_scope(
    api: OtherSystem, personal: OtherSystem, numbers: str
):
    number = api.post("tickets", ticket(numbers), status=201)["number"]
    masked = str(api.get(f"tickets/{number}"))
    for value in (PHONE, ACCOUNT, "石宇航"):
        assert value not in masked
        assert value in str(personal.get(f"tickets/{number}"))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"source_channel": "fax"}, "source_channel"),
        ({"category": "x"}, "category"),
        ({"text": ""}, "text"),
        ({"phone": "12"}, "phone"),
        ({"account_number": "1"}, "account_number"),
        ({"reported_at": "yesterday"}, "reported_at"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_wrong_input_is_a_problem_that_names_the_field(
    api: OtherSystem, body: dict[str, Any], field: str
):
    answer = api.raw("POST", "tickets", json=ticket("wrong", **body))
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert field in answer.text


def test_who_may_not_is_told_so(product: Product, personal: OtherSystem):
    nobody = OtherSystem(product.http, "")
    assert nobody.raw("GET", "tickets").status_code == 401
    assert personal.raw("POST", "tickets", json=ticket("x")).status_code == 403
    assert personal.raw("GET", "tickets/T2026010100001").status_code == 404
    for answer in (nobody.raw("GET", "tickets"), personal.raw("GET", "tickets/T2026010100001")):
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert problem["title"]


def test_events_carry_a_ticket_and_backward_is_a_conflict(api: OtherSystem, numbers: str):
    number = api.post("tickets", ticket(numbers), status=201)["number"]
    steps = (
        ("accept", "accepted", {}),
        ("arrive", "arrived", {}),
        ("reply", "arrived", {"text": "在修"}),
        ("escalate", "arrived", {"text": "缺备件"}),
        ("transfer", "assigned", {"to": "caoweidong"}),
        ("resolve", "resolved", {"text": "修好了"}),
        ("reopen", "reopened", {"text": "又坏了"}),
        ("cancel", "cancelled", {}),
    )
    for action, state, more in steps:
        body = {"action": action, "by": "wuguoqing", **more}
        assert api.post(f"tickets/{number}/events", body)["state"] == state
    back = {"action": "accept", "by": "wuguoqing"}
    api.post(f"tickets/{number}/events", back, status=409)
    api.post(f"tickets/{number}/events", {"action": "dance", "by": "x"}, status=422)


def test_a_ticket_is_merged_into_another(api: OtherSystem, numbers: str):
    first = api.post("tickets", ticket(numbers), status=201)["number"]
    second = api.post("tickets", ticket(f"{numbers}2"), status=201)["number"]
    body = {"action": "merge", "by": "wuguoqing", "into": first}
    merged = api.post(f"tickets/{second}/events", body)
    assert (merged["state"], merged["parent"]) == ("merged", first)
    api.post(f"tickets/{first}/events", {"action": "merge", "by": "x", "into": first}, status=422)


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many"])
def test_limits_have_bounds(api: OtherSystem, limit: str):
    api.get("tickets", limit=limit, status=422)


def test_a_list_is_read_page_by_page_oldest_first(api: OtherSystem, numbers: str):
    made = [
        api.post("tickets", ticket(f"{numbers}{n}", category="claim"), status=201)["number"]
        for n in range(3)
    ]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = api.get("tickets", category="claim", limit=2, **cursor)
        assert all("timeline" not in item for item in page["items"])
        seen += [item["number"] for item in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == made
    api.get("tickets", cursor="%%%", status=422)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_holds_no_formula(api: OtherSystem, kind: str, numbers: str):
    api.post("tickets", ticket(numbers, text="=HYPERLINK(1)", category="praise"), status=201)
    answer = api.raw("GET", f"tickets/export?format={kind}&category=praise")
    assert answer.status_code == 200
    cells = (
        [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
        if kind == "csv"
        else [
            str(cell)
            for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
            for cell in row
        ]
    )
    assert any("HYPERLINK" in cell for cell in cells)
    assert not any(cell.startswith("=") for cell in cells)


def test_surveys_and_figures_are_given(api: OtherSystem, numbers: str):
    number = api.post("tickets", ticket(numbers), status=201)["number"]
    assert api.get("surveys", ticket=number) == {"items": []}
    items = api.get("stats", group_by="station")["items"]
    assert {"key", "created", "resolved", "overdue"} <= set(items[0])
    api.get("stats", group_by="mood", status=422)


def test_the_document_is_public(product: Product):
    document = OtherSystem(product.http, "").get("openapi.json")
    assert {"/tickets", "/outages"} <= {path.removeprefix("/api/v1") for path in document["paths"]}


def test_readiness_and_figures_for_operators(product: Product):
    ready = product.http.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["nlu"] == "local"
    assert product.http.get("/healthz").status_code == 200
    assert "gridbot_tickets" in product.http.get("/metrics").text
