"""`gridbot figures`: the sums that wall and reports read."""

import typer

from bot.commands import common
from handlers.figures import adding

app = typer.Typer(no_args_is_help=True, help="Figures of wall and reports.")


@app.callback()
def group() -> None:
    """Figures of wall and reports."""


@app.command()
def rebuild() -> None:
    """Count every ticket and outage anew, after a change of what is counted (docs/adr/0007)."""
    with common.desk() as desk:
        counted = adding.rebuild(desk)
    typer.echo(f"{counted} tickets counted")
