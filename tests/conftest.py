"""What every test may ask for: a real Redis, a real PostgreSQL, a database of either kind."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis
import structlog

from config.database import Database
from config.redis import EmbeddedRedis
from tests.support import postgres, redis_server
from tests.support.desks import CIPHER, make_database


def pytest_configure() -> None:
    """Plain lines: structlog's own default draws each traceback with all locals, for seconds."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(),
        ]
    )


@pytest.fixture(scope="session")
def redis_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    """The session's redis-server."""
    with redis_server.running(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(name="redis")
def redis_client(redis_process: EmbeddedRedis) -> Iterator[redis.Redis]:
    """A client of an emptied Redis."""
    with redis_server.clean_client(redis_process) as client:
        yield client


@pytest.fixture(scope="session")
def postgres_process() -> Iterator[str]:
    """The session's PostgreSQL; processes are killed in tests, it is not."""
    with postgres.running(is_durable=False) as address:
        yield address


@pytest.fixture
def postgres_url(postgres_process: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    with postgres.fresh_database(postgres_process) as address:
        yield address


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'gridbot.sqlite3'}"


@pytest.fixture(scope="session")
def tables_in_postgres(
    postgres_process: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a PostgreSQL database with every table, to be copied."""
    with postgres.fresh_database(postgres_process) as address:
        make_database(tmp_path_factory.mktemp("tables"), url=address).close()
        yield postgres.name_of(address)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with every table: the test runs on SQLite and on PostgreSQL."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            made = make_database(tmp_path)
        else:
            server = request.getfixturevalue("postgres_process")
            template = request.getfixturevalue("tables_in_postgres")
            address = stack.enter_context(postgres.fresh_database(server, template=template))
            made = Database(address, CIPHER)
        stack.callback(made.close)
        yield made
