"""What a WSGI server loads."""

import os
import time

from flask import Flask
from sqlalchemy.exc import OperationalError

from bot import log, schema, wiring
from bot.app import create_app
from config.database import Database
from config.settings import Settings

WAIT_SECONDS = 2.0


def load() -> Flask:
    """The application of this environment's settings, once the database answers."""
    settings = Settings.from_env(os.environ)
    log.configure(settings.log_level)
    parts = wiring.build(settings)
    wait_for(parts.database)
    return create_app(parts)


def wait_for(database: Database) -> None:
    """Outlive a database that is not there yet, then bring its schema up to date."""
    while True:
        try:
            schema.upgrade(database)
        except OperationalError:
            time.sleep(WAIT_SECONDS)
        else:
            return
