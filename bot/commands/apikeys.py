"""`gridbot apikey`: keys of other systems."""

from typing import Annotated

import typer

from bot.access import apikeys
from bot.commands import common

app = typer.Typer(no_args_is_help=True, help="Keys of other systems.")


@app.command()
def add(
    name: str,
    scopes: Annotated[
        str, typer.Option(help="comma-separated; unless given, all but personal:read")
    ] = "",
) -> None:
    """Make a key and print it, once, as the last line."""
    wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    with common.desk() as desk:
        key = apikeys.add(desk.session, name, wanted or None, now=desk.now)
    typer.echo(key)


@app.command()
def revoke(name: str) -> None:
    """Let a key open nothing any more."""
    with common.desk() as desk:
        was_living = apikeys.revoke(desk.session, name, now=desk.now)
    typer.echo("revoked" if was_living else f"there is no living key named {name}")
    if not was_living:
        raise typer.Exit(1)
