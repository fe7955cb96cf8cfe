"""`gridbot db`: the schema."""

import typer

from bot import schema
from bot.commands import common

app = typer.Typer(no_args_is_help=True, help="The database's schema.")


@app.callback()
def group() -> None:
    """The database's schema."""


@app.command()
def upgrade() -> None:
    """Bring the schema up to this version."""
    with common.database() as database:
        schema.upgrade(database)
    typer.echo("the schema is up to date")
