"""What a WSGI server loads."""

import gc
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
    app = create_app(parts)
    gc.collect()
    gc.freeze()  # the model and the tables live as long as we: no collection looks at them again
    return app
