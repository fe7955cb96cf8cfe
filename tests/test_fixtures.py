"""The shared fixtures themselves."""

from sqlalchemy import text

from config.database import Database


def test_a_database_of_either_kind_has_the_tables(database: Database):
    with database.scope() as session:
        assert session.execute(text("SELECT count(*) FROM outbox")).scalar() == 0


def test_redis_is_a_real_one_and_empty(redis):
    assert redis.dbsize() == 0
    assert redis.info("server")["redis_version"].startswith("6.")
