"""`gridbot sim`: drive the simulator of a running demo from a shell."""

import json
import os
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
    groups: Annotated[int, typer.Option(help="groups of a city of its own")] = 0,
    residents: Annotated[int, typer.Option(help="its bound residents")] = 20_000,
    faults: Annotated[int, typer.Option(help="faults published beside the wide outage")] = 120,
) -> None:
    """Let many residents report at once; with --groups, measure notices over a city of its own.

    That needs no demo: it starts the whole product in a scratch folder (on
    GRIDBOT_DATABASE_URL, an empty database, or else SQLite), publishes outages for everyone, kills
    the worker and Redis half-way, and counts what every phone shows. Exit code 1 where anything
    was lost, came twice or broke a limit.
    """
    if groups:
        if not 0 <= faults < groups:
            raise typer.BadParameter(
                f"needs fewer faults than groups: give --faults below {groups}"
            )
        _measure(groups, residents, faults)
        return
    with SimulatorClient(base) as simulator:
        _try(lambda: simulator.storm(count, at_once=at_once))


def _measure(groups: int, residents: int, faults: int) -> None:
    from bot.storm import run  # noqa: PLC0415 - all of the product, for this option alone
    from bot.storm.city import City  # noqa: PLC0415

    plan = run.Plan(City(groups, residents), faults)
    url = os.environ.get("GRIDBOT_DATABASE_URL", "")
    found = run.run(plan, database_url=url, say=lambda words: typer.echo(words, err=True))
    _show(found.as_dict())
    if not found.is_clean:
        raise typer.Exit(1)


def _try(call: Callable[[], object]) -> None:
    try:
        _show(call())
    except SimulatorError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
