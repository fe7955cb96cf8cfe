"""The same import, and the statements written for each database, on a real PostgreSQL."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.database import Database
from handlers.customers.models import Resident
from handlers.dialogue.turn import Door, Inbound, InboundKind
from handlers.grid.queries import registry_version
from handlers.registry.importer import import_registry
from tests.handlers.registry.cities import city, with_row
from tests.support.desks import NOW, make_database, make_desk
from tests.support.talk import seen

pytestmark = pytest.mark.postgres


@pytest.fixture
def postgres(postgres_url: str, tmp_path: Path) -> Iterator[Database]:
    made = make_database(tmp_path, url=postgres_url)
    yield made
    made.close()


def test_a_city_is_imported_changed_and_refused(postgres, tmp_path):
    for turn in (1, 2):
        with postgres.scope() as session:
            report = import_registry(make_desk(session), city(tmp_path / "city"))
        assert report.faults == ()
        assert sum(change.added for change in report.changes) == (0 if turn == 2 else 21)
    broken = city(tmp_path / "city", staff=with_row("staff", "he,何亮,1,boss,CD,1,,"))
    with postgres.scope() as session:
        assert len(import_registry(make_desk(session), broken).faults) == 2
        assert registry_version(session) == 2


def test_the_ledger_merges_on_postgresql_too(postgres):
    came = Inbound(Door.OFFICIAL_ACCOUNT, "o1", "k", InboundKind.TEXT, NOW, "在吗")
    click = Inbound(Door.OFFICIAL_ACCOUNT, "o1", "k", InboundKind.EVENT, NOW, event="click")
    with postgres.scope() as session:
        seen(make_desk(session), came)
        seen(make_desk(session, now=NOW + timedelta(minutes=5)), click)
        resident = session.scalars(sa.select(Resident)).one()
        assert resident.window_until == NOW + timedelta(hours=48)
        assert resident.window_left == 5
