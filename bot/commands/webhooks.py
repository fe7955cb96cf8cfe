"""`gridbot webhook`: other systems that are told of tickets."""

from typing import Annotated

import typer

from bot.commands import common
from handlers.subscriptions import service
from notifier.channels.webhook_out import secret_for

app = typer.Typer(no_args_is_help=True, help="Other systems that are told of tickets.")


@app.command()
def add(
    name: str,
    url: str,
    sources: Annotated[
        str, typer.Option(help="comma-separated source channels; unless given, all of them")
    ] = "",
) -> None:
    """Tell URL of every step of a ticket; prints the secret of its signatures as the last line."""
    wanted = [one.strip() for one in sources.split(",") if one.strip()]
    with common.desk() as desk:
        service.add(desk, name, url, wanted)
    typer.echo(secret_for(common.settings().secret_key.get_secret_value(), url))


@app.command("list")
def show() -> None:
    """Who is told."""
    with common.desk() as desk:
        for one in service.living(desk):
            typer.echo(f"{one.name}\t{one.url}\t{','.join(one.sources) or 'all'}")


@app.command()
def remove(name: str) -> None:
    """Tell it nothing new."""
    with common.desk() as desk:
        was_told = service.end(desk, name)
    typer.echo("removed" if was_told else f"nobody named {name} is told")
    if not was_told:
        raise typer.Exit(1)
