from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.database import Database
from handlers.registry.importer import import_registry
from handlers.registry.report import ImportReport
from tests.support.desks import make_database, make_desk

Import = Callable[..., ImportReport]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = make_database(tmp_path)
    yield made
    made.close()


@pytest.fixture
def bring_in(database: Database) -> Import:
    """Import a path in a transaction of its own."""

    def bring(path: Path, *, dry_run: bool = False) -> ImportReport:
        with database.scope() as session:
            return import_registry(make_desk(session), path, dry_run=dry_run)

    return bring
