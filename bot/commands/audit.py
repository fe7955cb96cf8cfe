"""`gridbot audit`: is the log whole."""

import typer

from bot.access import audit
from bot.commands import common

app = typer.Typer(no_args_is_help=True, help="The audit log.")


@app.callback()
def group() -> None:
    """The audit log."""


@app.command()
def verify() -> None:
    """Check the chain of hashes; tells each place where it breaks."""
    with common.database() as database, database.reading() as session:
        breaks = audit.verify(session)
    for broken in breaks:
        typer.echo(f"entry {broken.entry_id}: {broken.why}")
    if breaks:
        raise typer.Exit(1)
    typer.echo("the audit log is whole")
