"""Other systems at `/api/v1`: tickets in and out, what is refused and how (CONTRACT.md, API)."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from handlers.customers.models import Customer
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


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "nothing", 404), ("GET", "tickets/", 404), ("DELETE", "tickets", 405)],
)
def test_an_unknown_address_is_a_problem_too(api: OtherSystem, method: str, path: str, status: int):
    answer = api.raw(method, path)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    page = api.http.request(method, "/nothing")
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
def test_a_body_that_is_no_json_is_wrong_input(api: OtherSystem, content: bytes):
    answer = api.raw("POST", "tickets", content=content)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body"


def test_json_is_read_whatever_it_is_said_to_be(api: OtherSystem, numbers: str):
    content = json.dumps(ticket(numbers)).encode()
    assert api.raw("POST", "tickets", content=content).status_code == 201


def test_the_scheme_of_a_key_is_written_in_any_case(product: Product, api: OtherSystem):
    header = {"Authorization": f"bearer {api.key}"}
    assert product.http.get("/api/v1/tickets", headers=header).status_code == 200


@pytest.mark.parametrize(
    ("category", "text", "priority"),
    [
        ("outage", "家里停电，老人在用呼吸机", "P0"),
        ("fault", "电表箱着火了", "P0"),
        ("hazard", "配电箱泡在水里", "P0"),
        ("hazard", "人员触电", "P0"),
        ("hazard", "没有着火，电杆裂了", "P1"),
        ("outage", "整栋楼没电", "P1"),
    ],
)
def test_life_is_p0_in_the_words_of_another_system(
    api: OtherSystem, numbers: str, category: str, text: str, priority: str
):
    body = ticket(numbers, category=category, text=text)
    assert api.post("tickets", body, status=201)["priority"] == priority


def test_an_account_with_life_support_and_no_power_is_p0(
    product: Product, api: OtherSystem, numbers: str
):
    with product.parts.looking() as desk:
        wanted = sa.select(Customer).where(Customer.sensitive == "life_support")
        account = desk.session.scalars(wanted.limit(1)).one().account_number
    words = {"text": "家里停电", "account_number": account}
    body = ticket(numbers, category="outage", **words)
    assert api.post("tickets", body, status=201)["priority"] == "P0"
    bill = ticket(f"{numbers}-bill", category="billing", **words)
    assert api.post("tickets", bill, status=201)["priority"] == "P3"


def test_the_columns_of_an_outage_come_back_whole_as_a_change(product: Product, api: OtherSystem):
    area = api.get("outages", limit=1)["items"][0]["area_codes"][0]
    start = product.parts.clock.now().replace(microsecond=0) + timedelta(days=100)
    columns = {
        "outage_code": "WHOLE1",
        "kind": "restriction",
        "area_codes": [area],
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=2)).isoformat(),
        "reason": "有序用电",
        "slot_reason": "按方案",
    }
    api.post("outages", columns, status=201)
    later = columns | {"ends_at": (start + timedelta(hours=3)).isoformat()}
    changed = api.post("outages/WHOLE1/change", later)
    assert changed["ends_at"] == later["ends_at"]
    wrong = api.post("outages/WHOLE1/change", later | {"outage_code": "OTHER"}, status=422)
    assert wrong["errors"][0]["field"] == "outage_code"
    assert api.raw("POST", "outages/WHOLE1/change").status_code == 422


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
    back = {"action": "merge", "by": "wuguoqing", "into": second}
    api.post(f"tickets/{first}/events", back, status=409)


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
