"""The audit log cannot be changed without a trace."""

import pytest
import sqlalchemy as sa

from bot.access import audit
from bot.access.models import AuditEntry
from config.database import Database
from tests.support.desks import NOW


@pytest.fixture
def written(database: Database) -> Database:
    with database.scope() as session:
        for number in range(1, 6):
            audit.write(
                session,
                actor="zhou",
                action="accept",
                subject=f"T{number}",
                now=NOW,
                facts={"步": number},
            )
    return database


def breaks(database: Database) -> list[int]:
    with database.reading() as session:
        return [broken.entry_id for broken in audit.verify(session)]


def test_an_untouched_log_is_whole(written):
    assert breaks(written) == []


@pytest.mark.parametrize(
    ("change", "found_at"),
    [
        (sa.update(AuditEntry).where(AuditEntry.id == 3).values(actor="luo"), [3]),
        (sa.update(AuditEntry).where(AuditEntry.id == 3).values(facts={"步": 9}), [3]),
        (sa.delete(AuditEntry).where(AuditEntry.id == 3), [4]),
        (sa.delete(AuditEntry).where(AuditEntry.id == 1), [2]),
        (sa.update(AuditEntry).where(AuditEntry.id == 3).values(hash="0" * 64), [3, 4]),
    ],
)
def test_every_way_of_covering_up_is_found(written, change, found_at):
    with written.scope() as session:
        session.execute(change)
    assert breaks(written) == found_at
