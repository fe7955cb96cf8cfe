"""`gridbot nlu`: train, parse, evaluate, and the flywheel."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from bot.commands import common
from bot.conversation.registry import Registry
from config.clock import CHINA
from config.settings import Settings
from handlers.guide import service as guide
from nlu import local, places, rasa
from nlu.training import challenge as challenges
from nlu.training import evaluate as evaluations
from nlu.training import render
from nlu.training import train as training
from nlu.training.data import DataError
from nlu.training.evaluate import LineError
from nlu.understanding import Engine, Gazetteer

app = typer.Typer(no_args_is_help=True, help="Understanding of what residents write.")

NAMES = Literal["local", "rasa"]
EngineName = Annotated[NAMES, typer.Option(help="which engine")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON object")]
SETS = Path(local.__file__).parent / "evaluation"


def _engine(name: str) -> Engine:
    if name == "local":
        return local.load()
    if name != "rasa":
        raise typer.BadParameter(f"{name}: an engine is local or rasa")
    settings = Settings.from_env(os.environ)
    return rasa.connect(settings.rasa_url, settings.rasa_token.get_secret_value())


@contextmanager
def _gazetteer() -> Iterator[Gazetteer]:
    """The registry's places from the database; none where no database is configured."""
    if "GRIDBOT_PUBLIC_URL" not in os.environ and "GRIDBOT_PUBLIC_URL_FILE" not in os.environ:
        typer.echo("no GRIDBOT_… settings: understanding without a registry's places", err=True)
        yield places.build([])
        return
    with common.database() as database:
        yield Registry(database).gazetteer()


@contextmanager
def _told() -> Iterator[None]:
    """Mistakes in files are told by file and line."""
    try:
        yield
    except (DataError, LineError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror}", err=True)
        raise typer.Exit(1) from error


@app.command()
def train() -> None:
    """Train the local model from nlu/data."""
    with _told():
        typer.echo(str(training.train()))


@app.command()
def parse(text: str, engine: EngineName = "local", json: AsJson = False) -> None:  # noqa: FBT002
    """Show tokens, intents with scores, things named, danger and timing."""
    with _gazetteer() as known:
        answer = render.parse(text, _engine(engine), known, at=datetime.now(CHINA))
    if json:
        typer.echo(render.understanding_json(answer))
    else:
        Console().print(render.understanding(answer))


@app.command()
def evaluate(
    file: Path,
    engine: EngineName = "local",
    json: AsJson = False,  # noqa: FBT002
    compare: Annotated[
        tuple[str, str] | None, typer.Option(help="two engines side by side: local rasa")
    ] = None,
) -> None:
    """Score a file of JSON lines (the README says what one looks like)."""
    with _told():
        lines = evaluations.load(file)
    names: tuple[str, ...] = compare or (engine,)
    with _gazetteer() as known:
        reports = {name: evaluations.evaluate(lines, _engine(name), known) for name in names}
    if json:
        typer.echo(reports[names[0]].to_json())
    elif compare:
        Console().print(render.compare(reports))
    else:
        Console().print(render.table(reports[engine]))


@app.command()
def export() -> None:
    """Write the relabelled messages as YAML, ready for nlu/data."""
    with common.desk() as desk:
        typer.echo(guide.export_yaml(desk))


@app.command()
def challenge(extra: Path) -> None:
    """Train with more examples (YAML) and keep the new model only if it wins on every gate."""
    with _told(), _gazetteer() as known:
        sets = {path.stem: evaluations.load(path, split="dev") for path in SETS.glob("*.jsonl")}
        verdict = challenges.challenge(extra.read_text("utf-8"), sets, local.load(), known)
    for gate in verdict.gates:
        mark = "ok   " if gate.is_passed else "FAIL "
        typer.echo(f"{mark} {gate.lines} {gate.figure}: {gate.champion} -> {gate.challenger}")
    typer.echo("replaced" if verdict.replaced else "the old model stays")
