"""What a transaction asked once is kept until it writes to that table itself."""

import pytest
import sqlalchemy as sa

from config.recall import found_none, recall
from handlers.applications.models import Draft
from tests.support.desks import NOW


@pytest.fixture
def asked():
    return []


def drafts(session, asked):
    def ask():
        asked.append(1)
        return session.scalars(sa.select(Draft).order_by(Draft.id)).all()

    return [row.service for row in recall(session, "application_drafts", "all", ask)]


def draft(service):
    return Draft(openid="o1", service=service, answers={}, saved_at=NOW)


def test_it_is_asked_once(database, asked):
    with database.scope() as session:
        session.add(draft("pv"))
        assert drafts(session, asked) == drafts(session, asked) == ["pv"]
        assert len(asked) == 1


def test_what_was_found_to_be_nothing_is_not_asked(database, asked):
    with database.scope() as session:
        found_none(session, "application_drafts", "all")
        assert drafts(session, asked) == []
        assert asked == []


@pytest.mark.parametrize(
    "write",
    [
        lambda session: session.add(draft("pile")),
        lambda session: session.execute(sa.update(Draft).values(service="pile")),
        lambda session: session.execute(sa.update(Draft.__table__).values(service="pile")),
        lambda session: session.execute(sa.text("DELETE FROM application_drafts")),
        lambda session: session.delete(session.scalars(sa.select(Draft)).one()),
        lambda session: setattr(session.scalars(sa.select(Draft)).one(), "service", "pile"),
    ],
)
def test_a_write_to_the_table_forgets_it(database, asked, write):
    with database.scope() as session:
        session.add(draft("pv"))
        assert drafts(session, asked) == ["pv"]
        write(session)
        assert drafts(session, asked) != ["pv"]
        assert len(asked) == 2


def test_the_end_of_the_transaction_forgets_it(database, asked):
    with database.reading() as session:
        found_none(session, "application_drafts", "all")
        with database.scope() as other:
            other.add(draft("pv"))
        session.rollback()
        assert drafts(session, asked) == ["pv"]
