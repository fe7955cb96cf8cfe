"""Rules about the whole: doors are guarded, intents have ways, words have templates, tables match."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import bot.jobs
from bot import models, schema
from bot.relay import LANES
from config import settings, tables
from config.database import Base, Database
from handlers.outages.models import Step
from handlers.routes import INTENT_WORDS, ROUTES, SMALL_TALK
from handlers.tickets.models import Action
from handlers.tickets.notices import TO_RESIDENT
from nlu.intents import INTENTS, OUT_OF_SCOPE
from notifier.render import FOLDER, Renderer
from tests.support.desks import CIPHER

ROOT = Path(bot.jobs.__file__).parents[1]
PACKAGES = ("bot", "handlers", "nlu", "notifier", "config")
LONGEST = 300


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "versions" not in path.parts:
                yield path


def test_every_trained_intent_has_a_way_and_words_to_be_offered_with():
    assert set(ROUTES) == set(INTENTS)
    assert set(INTENT_WORDS) | SMALL_TALK | {OUT_OF_SCOPE} == set(INTENTS)


def test_every_intent_has_examples_in_the_training_data():
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "nlu/data").glob("*.yml"))
    assert set(re.findall(r"- intent: (\w+)", text)) == set(INTENTS)


@cache
def sources() -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in modules()}


@cache
def said_kinds() -> set[tuple[str, str]]:
    """Kind and audience wherever the code renders words: `….text("kind", "audience", …)`."""
    found = set()
    for text in sources().values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "text":
                values = [a.value for a in node.args[:2] if isinstance(a, ast.Constant)]
                if len(values) == 2 and values[1] in {"resident", "staff", "group"}:
                    found.add((str(values[0]), str(values[1])))
    found |= {(f"ticket_{action}", "resident") for action in TO_RESIDENT}
    found |= {(f"ticket_{action}", "staff") for action in (Action.CANCEL, Action.CLOSE)}
    found |= {(f"outage_{step}", "resident") for step in Step}
    found |= {(f"outage_{step}", "group") for step in Step if step != Step.HALF_HOUR_BEFORE}
    return found


@pytest.mark.parametrize(("kind", "audience"), sorted(said_kinds()))
def test_every_kind_of_notification_has_words_for_whom_it_goes_to(kind: str, audience: str):
    assert (FOLDER / f"{kind}.{audience}.txt").is_file()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_every_template_can_be_read_and_is_used(path: Path):
    assert Renderer()._environment.get_template(path.name)
    kind, audience = path.stem.split(".")
    is_named = any(f'"{kind}"' in text for text in sources().values())
    assert (kind, audience) in said_kinds() or is_named


# These answer a message that has just come, so the window is open; all else may leave late.
ANSWERS_AT_ONCE = {"bot/conversation/resident.py", "bot/voice.py"}


def late_messages() -> list[tuple[str, ast.Call]]:
    """Where the code puts a message to a resident into the outbox, but for answers at once."""
    found = []
    for path, text in sources().items():
        where = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(text)):
            named = getattr(getattr(node, "func", None), "id", "") == "Outgoing"
            if named and "Channel.OFFICIAL_ACCOUNT" in ast.unparse(node):
                found.append((where, node))
    return [one for one in found if one[0] not in ANSWERS_AT_ONCE]


def test_what_may_reach_a_resident_late_has_a_template_for_outside_the_window():
    templates = tables.load().channels.official_account.templates
    named = {}
    for where, call in late_messages():
        keys = {word.arg: word.value for word in call.keywords}
        payload = keys["payload"]
        assert isinstance(payload, ast.Dict), where
        values = dict(zip(map(ast.unparse, payload.keys), payload.values, strict=True))
        named[where] = ast.literal_eval(values["'template'"])
    assert len(named) >= 5
    assert set(named.values()) <= templates.keys()


def test_every_queue_has_a_worker():
    assert {lane.queue for lane in LANES} == {"danger", "urgent", "normal"}
    covered = [range(lane.priorities.first, lane.priorities.last + 1) for lane in LANES]
    assert sorted(number for part in covered for number in part) == list(range(100))
    queues = {path.name for path, text in sources().items() if re.search(r"\bQueue\(", text)}
    assert queues <= {"jobs.py", "consumer.py"}


def test_migrations_are_one_line_with_one_head():
    script = ScriptDirectory.from_config(schema.settings())
    revisions = list(script.walk_revisions())
    assert len(script.get_heads()) == 1
    assert all(not revision.is_merge_point for revision in revisions)
    assert all(not revision.is_branch_point for revision in revisions)


# PostgreSQL alone has the index of pairs, and there it is compared.
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based")
def test_migrations_make_the_schema_of_the_models_and_take_it_back(database_url: str):
    database = Database(database_url, CIPHER)
    schema.upgrade(database)
    assert schema.is_current(database)
    with database.engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, models.metadata)
        downgrade(schema.settings(connection), "base")
        left = set(sa.inspect(connection).get_table_names())
    database.close()
    assert differences == []
    assert left <= {"alembic_version"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


def test_every_table_belongs_to_the_metadata_that_is_migrated():
    assert models.metadata is Base.metadata


def test_every_setting_is_in_the_readme():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [row.name for row in settings.variables() if f"`{row.name}`" not in text]
    assert missing == []


@pytest.mark.parametrize("rule", ["long", "todo", "docstring"])
def test_modules_keep_the_house_rules(rule: str):
    breaks = BREAKS[rule]
    assert [str(p.relative_to(ROOT)) for p, text in sources().items() if breaks(text)] == []


BREAKS = {
    "long": lambda text: text.count("\n") > LONGEST,
    "todo": lambda text: bool(re.search(r"\b(TODO|FIXME|XXX)\b", text)),
    "docstring": lambda text: bool(text) and ast.get_docstring(ast.parse(text)) is None,
}
