"""Bring a database's schema up to this version, one process at a time."""

import time
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from config.database import Database

FOLDER = Path(__file__).parent / "migrations"
LOCK = 7200
WAIT_SECONDS = 2.0


def settings(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database) -> None:
    """Run what is missing, or nothing; simultaneous callers wait for each other."""
    with database.engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            connection.execute(sa.text("SET LOCAL lock_timeout = '60s'"))
        command.upgrade(settings(connection), "head")


def is_current(database: Database) -> bool:
    """Whether the database has exactly the schema this version wants."""
    head = ScriptDirectory.from_config(settings()).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def wait_for(database: Database) -> None:
    """Outlive a database that is not there yet, then bring its schema up to date."""
    while True:
        try:
            upgrade(database)
        except OperationalError:
            time.sleep(WAIT_SECONDS)
        else:
            return
