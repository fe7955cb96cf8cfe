"""The API keeps to its own OpenAPI document, whatever is sent to it."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from bot.api import openapi
from tests.support.product import Product, running
from tests.support.systems import OtherSystem, key_for

CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.fixture(scope="module")
def product(city_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("schema")
    shutil.copy(city_file, folder / city_file.name)
    with running(folder, has_city=True) as made:
        yield made


@pytest.fixture(scope="module")
def api(product: Product) -> OtherSystem:
    return key_for(product, "schema")


schema = schemathesis.openapi.from_dict(openapi.document("http://127.0.0.1"))


@pytest.fixture(scope="module")
def known(product: Product, api: OtherSystem) -> dict[str, str]:
    """A ticket and an outage that are there, so that not every answer is 404."""
    area = next(iter(api.get("outages", limit=1)["items"]))["area_codes"][0]
    wish = {"source_channel": "95598", "external_number": "W1", "category": "outage", "text": "黑"}
    now = product.parts.clock.now()
    plan = {
        "kind": "fault",
        "area_codes": [area],
        "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(hours=4)).isoformat(),
        "reason": "线路跳闸",
    }
    return {
        "number": api.post("tickets", wish, status=201)["number"],
        "code": api.post("outages", plan, status=201)["outage_code"],
    }


@schema.parametrize()
@pytest.mark.parametrize("is_known", [True, False], ids=["known", "unknown"])
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_operation_answers_as_documented(
    case: schemathesis.Case, api: OtherSystem, known: dict[str, str], *, is_known: bool
):
    if is_known:
        case.path_parameters = {
            name: known.get(name, value) for name, value in (case.path_parameters or {}).items()
        }
    base = f"{api.http.base_url}/api/v1"
    headers = {"Authorization": f"Bearer {api.key}"}
    case.call_and_validate(base_url=base, headers=headers, checks=CHECKS)
