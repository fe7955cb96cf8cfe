"""The restore drill: everything is back, sealed as it was, on either database."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import backup, schema
from bot.access import audit
from bot.backup import NotEmptyError
from bot.models import metadata
from config.database import Database
from handlers.errors import DomainError
from handlers.tickets import service
from handlers.tickets.models import Category, Ticket, TicketEvent
from handlers.tickets.opening import Wish, open_ticket
from tests.support.desks import CIPHER, NOW, fill_registry, make_desk


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Database]:
    """A database with a ticket, its child and its history, and a picture."""
    database = Database(f"sqlite:///{tmp_path / 'before.sqlite3'}", CIPHER)
    schema.upgrade(database)
    with database.scope() as session:
        fill_registry(session)
        desk = make_desk(session)
        wish = Wish(Category.FAULT, "跳闸", community_code="C001", name="王芳", keeps_apart=True)
        child, _ = open_ticket(desk, wish)
        parent, _ = open_ticket(desk, wish)
        service.accept(desk, parent, by="zhou")
        session.flush()
        child.parent_id = parent.id  # an earlier row points at a later one
        audit.write(session, actor="zhou", action="accept", subject=parent.number, now=NOW)
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "f1").write_bytes(b"sealed")
    yield database
    database.close()


def counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_everything_is_back_after_a_restore(filled, tmp_path, request, kind):
    archive = tmp_path / "backup.tar.gz"
    written = backup.write(filled, tmp_path / "media", archive)
    url = f"sqlite:///{tmp_path / 'after.sqlite3'}"
    if kind == "postgres":
        url = request.getfixturevalue("postgres_url")
    restored = Database(url, CIPHER)
    request.addfinalizer(restored.close)
    assert backup.read(restored, tmp_path / "media2", archive) == written
    assert counts(restored) == counts(filled)
    assert (tmp_path / "media2" / "f1").read_bytes() == b"sealed"
    with restored.scope() as session:
        child, parent = session.scalars(sa.select(Ticket).order_by(Ticket.id))
        assert (child.name, child.parent_id) == ("王芳", parent.id)
        assert audit.verify(session) == []
        session.add(TicketEvent(ticket=parent, at=NOW, action="note", by="zhou"))
        session.flush()  # the running ids go on behind what was restored


def test_a_restore_never_mixes_two_histories(filled, tmp_path):
    archive = tmp_path / "backup.tar.gz"
    backup.write(filled, tmp_path / "media", archive)
    with pytest.raises(NotEmptyError):
        backup.read(filled, tmp_path / "media", archive)


def test_an_archive_that_is_none_is_said_to_be_none(filled, tmp_path):
    other = tmp_path / "other.tar.gz"
    other.write_bytes(b"hello")
    empty = Database(f"sqlite:///{tmp_path / 'after.sqlite3'}", CIPHER)
    with pytest.raises(DomainError, match="not an archive"):
        backup.read(empty, tmp_path / "media2", other)
    empty.close()


def test_no_sealed_word_is_readable_in_an_archive(filled, tmp_path):
    archive = tmp_path / "backup.tar.gz"
    backup.write(filled, tmp_path / "media", archive)
    with tarfile.open(archive) as opened:
        rows = opened.extractfile("rows.jsonl").read().decode()
    assert "王芳" not in rows
