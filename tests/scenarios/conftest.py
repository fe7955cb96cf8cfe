"""A running product for the scenarios, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.support import postgres
from tests.support.product import Product, running


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def product(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    if request.param == "sqlite":
        with running(folder) as product:
            yield product
        return
    server = request.getfixturevalue("postgres_process")
    with (
        postgres.fresh_database(server) as address,
        running(folder, database_url=address) as product,
    ):
        yield product
