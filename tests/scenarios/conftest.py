"""A running product for the scenarios, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.product import Product, make_city, running

FILE = "gridbot.sqlite3"


@pytest.fixture(scope="session")
def city_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the sample city, to be copied."""
    folder = tmp_path_factory.mktemp("city")
    make_city(folder)
    return folder / FILE


@pytest.fixture(scope="session")
def city_in_postgres(
    postgres_process: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a PostgreSQL database with the sample city, to be copied."""
    with postgres.fresh_database(postgres_process) as address:
        make_city(tmp_path_factory.mktemp("city"), database_url=address)
        yield postgres.name_of(address)


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def product(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """Everything runs; the tests of a module share it, so each brings its own residents."""
    folder = tmp_path_factory.mktemp("product")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("city_file"), folder / FILE)
        with running(folder, has_city=True) as product:
            yield product
        return
    server = request.getfixturevalue("postgres_process")
    template = request.getfixturevalue("city_in_postgres")
    with (
        postgres.fresh_database(server, template=template) as address,
        running(folder, database_url=address, has_city=True) as product,
    ):
        yield product


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a running product stay in one process, which starts it once."""
    for item in items:
        if "product" in getattr(item, "fixturenames", ()):
            name = item.callspec.params.get("product", "") if hasattr(item, "callspec") else ""
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem}-{name}"))
