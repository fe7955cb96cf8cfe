"""The sample city in a database, its keys and its day."""

from datetime import UTC, datetime
from pathlib import Path

from bot import schema, wiring
from bot.conversation.registry import Registry
from bot.demo_setup import CITY, Keys, demo_settings
from bot.desks import Desks
from config import tables
from config.clock import CHINA, Clock
from config.settings import Settings
from handlers import reactions
from handlers.registry.importer import import_registry
from notifier.render import Renderer

KEYS = Keys(
    "scenario-secret-key",
    "scenario-field-key",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "bcdefghijklmnopqrstuvwxyz0123456789ABCDEFGc",
    "cdefghijklmnopqrstuvwxyz0123456789ABCDEFGHg",
)
# The sample city's own day, a Friday, in working hours: TD2026112701 runs from 8 to 18 o'clock.
MORNING = datetime(2026, 11, 27, 10, 0, tzinfo=CHINA)


def clock_at(moment: datetime) -> Clock:
    """A clock that reads `moment` now and goes on as clocks do."""
    return Clock(offset=moment - datetime.now(UTC))


def import_city(settings: Settings, clock: Clock) -> None:
    """As `gridbot db upgrade` and `gridbot registry import` do, before the processes start."""
    database = wiring.open_database(settings)
    schema.upgrade(database)
    desks = Desks(
        tables.load(), clock, Registry(database).gazetteer, Renderer(), settings.public_url, None
    )
    with database.scope() as session:
        desk = desks.at(session)
        report = import_registry(desk, CITY)
        assert not report.faults, report.faults[:3]
        reactions.settle(desk)
    database.close()


def make_city(folder: Path, *, database_url: str = "") -> None:
    """A database with the city imported, to be copied: that is faster than to import again."""
    settings = demo_settings(folder, "http://127.0.0.1", KEYS)
    clock = clock_at(MORNING)
    import_city(settings.model_copy(update={"database_url": database_url}), clock)
