"""The database: engine, typed columns, one transaction a scope."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from config import recall
from config.ciphers import FieldCipher
from config.clock import CHINA
from config.fair_lock import FairLock

# A callback must answer within five seconds, so it cannot wait longer for a lock than this.
LOCK_SECONDS = 3
RESTED_SECONDS = 1.0

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BigKey = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMES)


class Moment(TypeDecorator[datetime]):
    """An instant: aware when written, aware in Asia/Shanghai when read, UTC in the table."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value
        return moment.astimezone(CHINA)


class Sealed(TypeDecorator[str]):
    """A text that is encrypted in the table."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else cipher_of(dialect).encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else cipher_of(dialect).decrypt(value)


class SealedJson(TypeDecorator[Any]):
    """A JSON value that is encrypted in the table."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return cipher_of(dialect).encrypt(json.dumps(value, ensure_ascii=False))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(cipher_of(dialect).decrypt(value))


def cipher_of(dialect: Dialect) -> FieldCipher:
    """The cipher this engine's dialect carries (see `Database`)."""
    cipher = getattr(dialect, "field_cipher", None)
    if not isinstance(cipher, FieldCipher):
        raise TypeError("this engine was made without a FieldCipher: use config.database.Database")
    return cipher


def blind(session: Session, value: str, purpose: str) -> str:
    """The blind index under which a personal value is found: purpose account, phone, name…"""
    return cipher_of(session.get_bind().dialect).index(value, purpose)


def reason(error: Exception) -> str:
    """What the driver says of a database's trouble, in a line that may stand in a log."""
    said = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    return f"{type(error).__name__}: {str(said).partition(chr(10))[0]}"


class Database:
    """An engine and its sessions; SQLite in WAL mode or PostgreSQL through psycopg 3."""

    def __init__(self, url: str, cipher: FieldCipher, *, pool_size: int = 16) -> None:
        address = sa.make_url(url)
        if address.drivername in {"postgresql", "postgres"}:
            address = address.set(drivername="postgresql+psycopg")
        self.is_sqlite = address.get_backend_name() == "sqlite"
        options: dict[str, Any] = {
            "hide_parameters": True,  # what stands in an error is logged
            "pool_timeout": LOCK_SECONDS,
        }
        if not (self.is_sqlite and address.database in {None, "", ":memory:"}):
            options |= {"pool_size": pool_size, "max_overflow": pool_size}
        else:
            options.pop("pool_timeout")
        if self.is_sqlite:
            options["connect_args"] = {"timeout": LOCK_SECONDS, "check_same_thread": False}
        else:
            options["connect_args"] = {
                "connect_timeout": LOCK_SECONDS,
                "options": f"-c lock_timeout={LOCK_SECONDS}s -c timezone=UTC",
            }
        self.engine: Engine = sa.create_engine(address, **options)
        self.engine.dialect.field_cipher = cipher  # type: ignore[attr-defined]
        if not self.is_sqlite:
            event.listen(self.engine, "checkin", self._note_rest)
            event.listen(self.engine, "checkout", _ping_if_rested)
        if self.is_sqlite:
            writers = _Writers()
            event.listen(self.engine, "connect", _set_pragmas)
            event.listen(self.engine, "begin", writers.begin)
            event.listen(self.engine, "checkin", writers.leave)
        self._is_closed = False
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        recall.watch(self._sessions)

    @contextmanager
    def scope(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back when anything is raised."""
        with self._sessions.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that takes no write lock; nothing it changes is kept."""
        with self._sessions() as session:
            session.connection(execution_options={"gridbot_reads": True})
            try:
                yield session
            finally:
                session.expunge_all()  # rows that were read stay usable
                session.rollback()

    def close(self) -> None:
        """Close what is in the pool, and what is still in use as soon as it comes back."""
        self._is_closed = True
        self.engine.dispose()

    def _note_rest(self, connection: Any, record: Any) -> None:
        if self._is_closed and connection is not None:
            connection.close()
        record.info["rests_since"] = time.monotonic()


def _ping_if_rested(connection: Any, record: Any, _proxy: object) -> None:
    """A connection that was just in use is believed; one that rested is asked whether it lives."""
    if time.monotonic() - record.info.get("rests_since", time.monotonic()) < RESTED_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise sa.exc.DisconnectionError from error  # the pool opens another one


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class _Writers:
    """SQLite has one write lock; this process's threads take it in the order they came.

    SQLite itself lets each of them look again every tenth of a second, and who looks at the wrong
    moments waits for seconds while others pass.
    """

    def __init__(self) -> None:
        self._turn = FairLock()

    def begin(self, connection: sa.Connection) -> None:
        """Take the write lock at once: an upgrade from read to write cannot wait in SQLite.

        Waiting for one's turn and for the lock take `LOCK_SECONDS` in all.
        """
        if connection.get_execution_options().get("gridbot_reads"):
            connection.exec_driver_sql("BEGIN")
            return
        end = time.monotonic() + LOCK_SECONDS
        held = connection.connection.record_info
        if held is not None and not held.get("writes"):
            if not self._turn.take(LOCK_SECONDS):
                busy = sqlite3.OperationalError("another thread kept the write lock too long")
                raise sa.exc.OperationalError("BEGIN IMMEDIATE", None, busy)
            held["writes"] = True
        left = max(0, round((end - time.monotonic()) * 1000))
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {left}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def leave(self, _connection: object, record: ConnectionPoolEntry) -> None:
        """The connection goes back to the pool, whatever became of its transaction."""
        if (record.record_info or {}).pop("writes", False):
            self._turn.give()
