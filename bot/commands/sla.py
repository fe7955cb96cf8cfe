"""`gridbot sla`: why a deadline is what it is."""

import typer

from bot.commands import common
from handlers.tickets import deadlines, service

app = typer.Typer(no_args_is_help=True, help="Deadlines.")


@app.callback()
def group() -> None:
    """Deadlines."""


@app.command()
def explain(number: str) -> None:
    """Show every interval that a ticket's deadlines count."""
    with common.desk() as desk:
        ticket = service.get(desk, number, lock=False)
        for line in deadlines.explain_lines(desk, ticket):
            typer.echo(line)
