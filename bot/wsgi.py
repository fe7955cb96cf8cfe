"""What a WSGI server loads."""

import os

from flask import Flask

from bot import log, schema, wiring
from bot.app import create_app
from config.settings import Settings


def load() -> Flask:
    """The application of this environment's settings, once the database answers."""
    settings = Settings.from_env(os.environ)
    log.configure(settings.log_level)
    parts = wiring.build(settings)
    schema.wait_for(parts.database)
    return create_app(parts)
