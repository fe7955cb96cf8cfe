"""`gridbot tickets import` as an operator types it."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot import schema
from bot.cli import app
from config.ciphers import FieldCipher
from config.database import Database
from handlers.tickets.models import Ticket

HEADER = "工单编号,类别,内容"
KEY = "test-key-000000000"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    url = f"sqlite:///{tmp_path / 'gridbot.db'}"
    settings = {
        "DATABASE_URL": url,
        "DATA_DIR": str(tmp_path),
        "PUBLIC_URL": "http://localhost",
        "SECRET_KEY": "test-secret-key-0000",
        "FIELD_KEY": KEY,
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"GRIDBOT_{name}", value)
    made = Database(url, FieldCipher((KEY,)))
    schema.upgrade(made)
    yield made
    made.close()


def run(tmp_path: Path, rows: str, *options: str):
    file = tmp_path / "单子.csv"
    file.write_text(f"{HEADER}\n{rows}\n", encoding="utf-8")
    return CliRunner().invoke(app, ["tickets", "import", str(file), *options])


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Ticket))


def test_a_table_is_taken_down_once(tmp_path, database):
    rows = "H1,停电报修,没电\nH2,投诉,没人来"
    assert "将导入 2 条" in run(tmp_path, rows, "--source", "12345", "--dry-run").output
    assert count(database) == 0
    assert "新单 2 张，已有 0 张" in run(tmp_path, rows, "--source", "12345").output
    assert "新单 0 张，已有 2 张" in run(tmp_path, rows, "--source", "12345").output
    assert count(database) == 2


def test_a_fault_ends_it_with_an_error_and_nothing_written(tmp_path, database):
    done = run(tmp_path, "H1,停电报修,没电\nH2,停水,没水", "--source", "12345")
    assert done.exit_code == 1
    assert "第3行「类别」" in done.output
    assert count(database) == 0


def test_the_channel_must_be_one_that_is_known(tmp_path, database):
    assert run(tmp_path, "H1,投诉,没人来", "--source", "weibo").exit_code == 2
    assert run(tmp_path, "H1,投诉,没人来").exit_code == 2
