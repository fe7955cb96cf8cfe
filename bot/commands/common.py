"""What the commands share: settings, a database without the rest, a desk to work at."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from bot import wiring
from bot.conversation.registry import Registry
from bot.desks import Desks
from config import tables as business_tables
from config.clock import Clock
from config.database import Database
from config.settings import Settings
from handlers import reactions
from handlers.desk import Desk
from notifier.render import Renderer


def settings() -> Settings:
    return Settings.from_env(os.environ)


@contextmanager
def database() -> Iterator[Database]:
    opened = wiring.open_database(settings())
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def desk() -> Iterator[Desk]:
    """A desk in one transaction on the configured database."""
    read = settings()
    opened = wiring.open_database(read)
    registry = Registry(opened)
    tables = business_tables.load(read.config_dir)
    desks = Desks(
        tables, Clock(), registry.gazetteer, Renderer(), read.public_url, read.survey_delay
    )
    try:
        with opened.scope() as session:
            working = desks.at(session)
            yield working
            reactions.settle(working)
    finally:
        opened.close()
