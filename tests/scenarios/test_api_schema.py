"""The API keeps to its own OpenAPI document, whatever is sent to it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.api import openapi
from tests.support.product import Product, running
from tests.support.systems import OtherSystem, key_for

CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.fixture(scope="module")
def api(city_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherSystem]:
    folder = tmp_path_factory.mktemp("schema")
    shutil.copy(city_file, folder / city_file.name)
    with running(folder, has_city=True) as product:
        made: Product = product
        yield key_for(made, "schema")


schema = schemathesis.openapi.from_dict(openapi.document("http://127.0.0.1"))


@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_operation_answers_as_documented(case: schemathesis.Case, api: OtherSystem):
    base = f"{api.http.base_url}/api/v1"
    headers = {"Authorization": f"Bearer {api.key}"}
    case.call_and_validate(base_url=base, headers=headers, checks=CHECKS)
