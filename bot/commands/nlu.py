"""`gridbot nlu`: train, parse, evaluate, and the flywheel."""

import json as json_module
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot import wiring
from bot.commands import common
from bot.conversation.registry import Registry
from config.clock import CHINA
from config.settings import Settings
from handlers.guide import service as guide
from nlu import local, show
from nlu.training import challenge as challenges
from nlu.training import evaluate as evaluations
from nlu.training import train as training
from nlu.understanding import Engine, Gazetteer

app = typer.Typer(no_args_is_help=True, help="Understanding of what residents write.")

EngineName = Annotated[Literal["local", "rasa"], typer.Option(help="which engine")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON object")]


def _engine(settings: Settings, name: str) -> Engine:
    if name == "local":
        return local.load()
    return wiring.rasa_alone(settings)


def _with(name: str, use: Callable[[Engine, Gazetteer], None]) -> None:
    settings = common.settings()
    with common.database() as database:
        use(_engine(settings, name), Registry(database).gazetteer())


@app.command()
def train() -> None:
    """Train the local model from nlu/data."""
    report = training.train(local.MODEL)
    typer.echo(report)


@app.command()
def parse(text: str, engine: EngineName = "local", json: AsJson = False) -> None:  # noqa: FBT002
    """Show tokens, intents with scores, things named, danger and timing."""

    def use(found: Engine, gazetteer: Gazetteer) -> None:
        understanding = found.understand(text, at=datetime.now(CHINA), gazetteer=gazetteer)
        if json:
            typer.echo(json_module.dumps(show.as_dict(understanding), ensure_ascii=False))
        else:
            show.print_parse(understanding)

    _with(engine, use)


@app.command()
def evaluate(
    file: Path,
    engine: EngineName = "local",
    json: AsJson = False,  # noqa: FBT002
    compare: Annotated[bool, typer.Option("--compare", help="local and rasa side by side")] = False,  # noqa: FBT002
) -> None:
    """Score a file of JSON lines (NLU.md, Evaluation file)."""
    lines = evaluations.read(file)

    def use(found: Engine, gazetteer: Gazetteer) -> None:
        report = evaluations.evaluate(lines, found, gazetteer)
        if compare:
            other = evaluations.evaluate(lines, _engine(common.settings(), "rasa"), gazetteer)
            evaluations.print_comparison(report, other)
        elif json:
            typer.echo(json_module.dumps(report.as_dict(), ensure_ascii=False))
        else:
            evaluations.print_report(report)

    _with(engine, use)


@app.command()
def export() -> None:
    """Write the relabelled messages as YAML, ready for nlu/data."""
    with common.desk() as desk:
        typer.echo(guide.export_yaml(desk))


@app.command()
def challenge(extra: Path) -> None:
    """Train with more examples and keep the new model only if it wins on every gate."""
    verdict = challenges.challenge(extra)
    typer.echo(verdict)
