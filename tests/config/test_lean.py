"""A statement on the driver's own cursor fails as SQLAlchemy's do."""

import pytest
import sqlalchemy as sa

from config import lean
from tests.support.desks import make_database

pytestmark = pytest.mark.postgres


@pytest.fixture
def in_postgres(postgres_url, tmp_path):
    made = make_database(tmp_path, url=postgres_url)
    yield made
    made.close()


def first(session, statement, **values):
    connection = session.connection()
    return lean.first(connection, lean.compiled(statement, connection.dialect), values)


def test_it_binds_by_name_and_answers_by_label(in_postgres):
    statement = sa.select(
        sa.bindparam("word", type_=sa.String).label("said"),
        sa.bindparam("other", "有", type_=sa.String).label("otherwise"),
    )
    with in_postgres.scope() as session:
        assert first(session, statement, word="100%") == {"said": "100%", "otherwise": "有"}


def test_no_row_is_none(in_postgres):
    with in_postgres.scope() as session:
        assert first(session, sa.select(sa.literal(1).label("one")).where(sa.false())) is None


def test_a_wrong_statement_raises_what_sqlalchemy_would(in_postgres):
    wrong = sa.select(sa.cast(sa.bindparam("word", type_=sa.String), sa.Integer).label("number"))
    with pytest.raises(sa.exc.DataError), in_postgres.scope() as session:
        first(session, wrong, word="many")


def test_a_connection_that_died_is_given_up_and_the_next_one_serves(in_postgres):
    here = sa.select(sa.func.pg_backend_pid().label("pid"))
    kill = sa.select(
        sa.func.pg_terminate_backend(sa.bindparam("pid", type_=sa.Integer)).label("is")
    )
    with in_postgres.scope() as session:
        pid = first(session, here)["pid"]
        with in_postgres.scope() as other:
            first(other, kill, pid=pid)
        with pytest.raises(sa.exc.OperationalError) as found:
            first(session, here)
        session.rollback()
    assert found.value.connection_invalidated
    with in_postgres.scope() as session:
        assert first(session, here)["pid"] != pid
