"""What the database does when several want to write, and what it says of its trouble."""

import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, PendingRollbackError

from config import database as database_settings
from config.database import Database, reason
from tests.support.desks import make_database


@pytest.fixture
def sqlite(sqlite_url: str, tmp_path: Path) -> Database:
    return make_database(tmp_path, url=sqlite_url)


def test_writers_of_one_process_take_turns(sqlite: Database):
    """Each holds the lock for longer than SQLite's own waiting would leave it free."""
    with sqlite.scope() as session:
        session.execute(sa.text("CREATE TABLE counted (number INTEGER)"))
        session.execute(sa.text("INSERT INTO counted VALUES (0)"))
    failures: list[Exception] = []

    def count() -> None:
        for _ in range(50):
            try:
                with sqlite.scope() as session:
                    number = session.scalar(sa.text("SELECT number FROM counted"))
                    session.execute(sa.text("UPDATE counted SET number = :n"), {"n": number + 1})
            except OperationalError as error:
                failures.append(error)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with sqlite.reading() as session:
        assert session.scalar(sa.text("SELECT number FROM counted")) == 400
    sqlite.close()


def test_a_failed_transaction_gives_its_turn_back(sqlite: Database):
    for _ in range(2):
        with pytest.raises(OperationalError), sqlite.scope() as session:
            session.execute(sa.text("SELECT * FROM nowhere"))
    with pytest.raises(PendingRollbackError), sqlite.scope() as session:
        session.connection().invalidate()
    with sqlite.scope() as session:
        assert session.scalar(sa.text("SELECT 1")) == 1
    sqlite.close()


def test_who_waits_too_long_is_told_why(sqlite: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database_settings, "LOCK_SECONDS", 0.05)
    with sqlite.scope() as holder:
        holder.execute(sa.text("SELECT 1"))
        with sqlite.reading() as reader:
            reader.execute(sa.text("SELECT 1"))
        with pytest.raises(OperationalError) as caught, sqlite.scope() as second:
            second.execute(sa.text("SELECT 1"))
    assert reason(caught.value) == ("OperationalError: another thread kept the write lock too long")
    with sqlite.scope() as session:
        session.execute(sa.text("SELECT 1"))
    sqlite.close()


def test_waiting_for_the_turn_is_taken_off_the_wait_for_the_lock(sqlite: Database):
    """A callback must be answered in five seconds, so the two waits must not add up."""
    is_asking, left = threading.Event(), []

    def write() -> None:
        is_asking.set()
        with sqlite.scope() as session:
            left.append(session.scalar(sa.text("PRAGMA busy_timeout")))

    second = threading.Thread(target=write)
    with sqlite.scope() as session:
        session.execute(sa.text("SELECT 1"))
        second.start()
        is_asking.wait()
        time.sleep(0.2)
    second.join()
    sqlite.close()
    assert 0 < left[0] < database_settings.LOCK_SECONDS * 1000


def test_a_connection_in_use_is_closed_when_it_comes_back(postgres_url: str, tmp_path: Path):
    database = make_database(tmp_path, url=postgres_url)
    with database.reading() as session:
        connection = session.connection().connection.driver_connection
        database.close()
        assert session.scalar(sa.text("SELECT 1")) == 1
    assert connection is not None
    assert connection.closed
