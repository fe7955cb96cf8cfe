"""`gridbot …` as an operator types it: output, exit codes, what is said when something is wrong."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.demo_setup import CITY, demo_settings
from bot.storm import processes
from config.calendars import WorkCalendar
from config.toml import BUILT_IN
from tests.support.product import KEYS


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, as a shell sees it."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Ended]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return processes.environ(demo_settings(tmp_path / "data", "http://127.0.0.1:9", KEYS))


@pytest.fixture
def gridbot(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    def run(*arguments: str, **changes: str) -> Ended:
        for name, value in (environ | changes).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["gridbot", *arguments])
        code: Any = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        said = capsys.readouterr()
        words = code if isinstance(code, str) else ""
        return Ended(1 if words else int(code), said.out, said.err + words)

    return run


@pytest.fixture
def small_city(tmp_path: Path) -> Path:
    """The sample city with few customers and no bills: enough to import."""
    folder = tmp_path / "city"
    shutil.copytree(CITY, folder)
    for name in ("customers.csv", "bills.csv"):
        path = folder / name
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[:20] if name == "customers.csv" else lines[:1]), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GRIDBOT_PUBLIC_URL", "", "missing"),
        ("GRIDBOT_SECRET_KEY", "short", "16"),
        ("GRIDBOT_WECHAT_AES_KEY", "abc", "43"),
        ("GRIDBOT_WECOM_SECRET", "", "whole"),
        ("GRIDBOT_WECOM_AGENT_ID", "many", ""),
        ("GRIDBOT_SURVEY_DELAY", "soon", ""),
        ("GRIDBOT_COLOUR", "blue", "not a setting"),
    ],
)
def test_a_wrong_setting_is_named(gridbot: Run, name: str, value: str, said: str):
    ended = gridbot("db", "upgrade", **{name: value})
    assert ended.returncode != 0
    assert name in ended.stderr
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_registry_is_checked_imported_and_backed_up(
    gridbot: Run, small_city: Path, tmp_path: Path
):
    assert gridbot("db", "upgrade").returncode == 0
    assert gridbot("registry", "import", str(small_city), "--dry-run").returncode == 0
    assert gridbot("registry", "import", str(small_city)).returncode == 0
    broken = small_city / "grids.csv"
    broken.write_text(broken.read_text(encoding="utf-8") + "CD99,XX,无站网格,\n", "utf-8")
    ended = gridbot("registry", "import", str(small_city))
    assert ended.returncode == 1
    assert "grids.csv" in ended.stdout
    assert "XX" in ended.stdout
    hook = gridbot("webhook", "add", "95598", "https://other.example/hook", "--sources", "95598")
    assert len(hook.stdout.strip()) == 64
    assert "https://other.example/hook\t95598" in gridbot("webhook", "list").stdout
    assert gridbot("webhook", "add", "95598", "ftp://x").returncode != 0
    assert gridbot("webhook", "remove", "95598").returncode == 0
    assert gridbot("webhook", "remove", "95598").returncode == 1
    made = gridbot("apikey", "add", "dispatch", "--scopes", "tickets:read")
    assert len(made.stdout.strip().splitlines()[-1]) > 30
    assert gridbot("apikey", "add", "other", "--scopes", "everything").returncode != 0
    archive = tmp_path / "backup.tar.gz"
    assert gridbot("backup", str(archive)).returncode == 0
    elsewhere = {"GRIDBOT_DATA_DIR": str(tmp_path / "elsewhere")}
    assert gridbot("restore", str(archive), **elsewhere).returncode == 0
    assert gridbot("restore", str(archive), **elsewhere).returncode != 0
    again = gridbot("apikey", "add", "dispatch", **elsewhere)
    assert "dispatch exists" in again.stderr


def test_the_doctor_says_what_to_do(gridbot: Run):
    ended = gridbot("doctor")
    assert ended.returncode == 1
    assert "gridbot db upgrade" in ended.stdout
    assert "ok    settings" in ended.stdout
    assert "GRIDBOT_FIELD_KEY" in gridbot("doctor", GRIDBOT_FIELD_KEY="").stdout


def test_a_year_without_holidays_is_told_and_holds_up_no_other_check(
    gridbot: Run, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(WorkCalendar, "gap", lambda _calendar, day: day.year + 1)
    gridbot("db", "upgrade")
    ended = gridbot("doctor")
    assert "soon  calendar: holidays of" in ended.stdout
    assert "FAULT calendar" not in ended.stdout
    assert "wechat: " in ended.stdout, "the platforms are looked at all the same"


def test_a_data_folder_that_cannot_be_made_is_told_by_its_name(gridbot: Run, tmp_path: Path):
    (tmp_path / "file").touch()
    ended = gridbot("db", "upgrade", GRIDBOT_DATA_DIR=str(tmp_path / "file" / "data"))
    assert ended.returncode == 1
    assert ended.stderr.startswith("GRIDBOT_DATA_DIR: ")


def test_every_command_has_help(gridbot: Run):
    listed = gridbot("--help").stdout
    for name in ("demo", "serve", "worker", "db", "registry", "nlu", "apikey", "staff", "backup"):
        assert name in listed


def test_the_triage_tree_is_checked_and_shown(gridbot: Run):
    assert "ok" in gridbot("triage", "check").stdout
    shown = gridbot("triage", "show").stdout
    assert "contacts：查 contacts" in shown
    assert "  推上又跳 → phone_known" in shown
    assert "■ inside_fault（crew）：单户，总开关推上又跳" in shown


def test_a_wrong_triage_tree_is_named_at_the_door(gridbot: Run, tmp_path: Path):
    folder = tmp_path / "own"
    folder.mkdir()
    text = (BUILT_IN / "triage.toml").read_text(encoding="utf-8")
    (folder / "triage.toml").write_text(text.replace('"often"', '"sometimes"'), encoding="utf-8")
    ended = gridbot("triage", "check", GRIDBOT_CONFIG_DIR=str(folder))
    assert ended.returncode != 0
    assert "no node or leaf is called sometimes" in ended.stderr


def test_figures_are_counted_anew(gridbot: Run):
    assert gridbot("db", "upgrade").returncode == 0
    ended = gridbot("figures", "rebuild")
    assert (ended.returncode, ended.stdout) == (0, "0 tickets counted\n")
