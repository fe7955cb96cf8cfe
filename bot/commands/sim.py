"""`gridbot sim`: drive the simulator of a running demo from a shell."""

import json
from collections.abc import Callable
from typing import Annotated

import typer

from bot.simulator.client import TRIGGERS, SimulatorClient, SimulatorError

app = typer.Typer(no_args_is_help=True, help="The simulator of a running demo.")

Base = Annotated[str, typer.Option(help="where the simulator answers")]
Who = Annotated[str, typer.Option(help="a resident's name or openid; new ones are made")]
BASE = "http://127.0.0.1:8000/sim"


def _show(result: object) -> None:
    typer.echo(json.dumps(result, ensure_ascii=False, indent=2))


@app.command()
def send(text: str, who: Who = "", base: Base = BASE) -> None:
    """Write to the Official Account as a resident and show what came of it."""
    with SimulatorClient(base) as simulator:
        _try(lambda: simulator.send(text, who=who))


@app.command()
def trigger(
    name: Annotated[str, typer.Argument(help=", ".join(TRIGGERS))],
    options: Annotated[list[str] | None, typer.Argument(help="key=value, e.g. times=2")] = None,
    who: Who = "",
    base: Base = BASE,
) -> None:
    """Let an event or a trouble of the platform happen."""
    given = dict(option.partition("=")[::2] for option in options or [])
    typed = {key: int(value) if value.isdigit() else value for key, value in given.items()}
    with SimulatorClient(base) as simulator:
        _try(lambda: simulator.trigger(name, who=who, **typed))


@app.command()
def storm(
    count: int = 100,
    at_once: Annotated[int, typer.Option(help="how many at the same time")] = 8,
    base: Base = BASE,
) -> None:
    """Let many residents report at once."""
    with SimulatorClient(base) as simulator:
        _try(lambda: simulator.storm(count, at_once=at_once))


def _try(call: Callable[[], object]) -> None:
    try:
        _show(call())
    except SimulatorError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
