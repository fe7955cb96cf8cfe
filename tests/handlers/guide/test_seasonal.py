"""The season's words go to customer managers once a month, ready to be passed on."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from config import tables
from config.tips import Tip, Tips
from config.toml import TableError
from handlers.guide import seasonal
from notifier.models import OutboxMessage
from tests.support.desks import fill_registry, make_database, make_desk


@pytest.fixture
def desk(tmp_path):
    database = make_database(tmp_path)
    with database.scope() as session:
        fill_registry(session)
        yield make_desk(session)
    database.close()


def test_they_are_sent_once_a_month_to_every_customer_manager(desk):
    assert seasonal.send_of_month(desk) == 2
    assert seasonal.send_of_month(desk) == 0
    messages = desk.session.scalars(sa.select(OutboxMessage)).all()
    assert {message.target for message in messages} == {"zhou", "liu"}
    assert "电热毯" in messages[0].payload["text"]
    assert "{hotline}" not in messages[0].payload["text"]
    desk.now += timedelta(days=6)
    assert seasonal.send_of_month(desk) == 2


def test_nothing_is_sent_before_the_morning_or_on_a_day_off(desk):
    desk.now = desk.now.replace(hour=8)
    assert seasonal.send_of_month(desk) == 0
    desk.now = desk.now.replace(hour=11) + timedelta(days=3)  # Saturday
    assert seasonal.send_of_month(desk) == 0


def test_a_month_without_tips_is_silent(desk):
    desk.tables = replace(desk.tables, tips=Tips((Tip("春天", (3,), "resident/safe-flood"),)))
    assert seasonal.send_of_month(desk) == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('months = [1]\npage = "nowhere"', "no page nowhere"),
        ('months = [13]\npage = "x"', "1 to 12"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(tmp_path, line, words):
    (tmp_path / "tips.toml").write_text(f'[[tips]]\ntitle = "x"\n{line}\n', encoding="utf-8")
    with pytest.raises(TableError, match=words):
        tables.load(tmp_path)


def test_every_month_has_something_to_pass_on():
    known = tables.load()
    assert all(known.tips.of_month(month) for month in range(1, 13))
    assert all(known.guide.page(tip.page) for tip in known.tips.tips)
