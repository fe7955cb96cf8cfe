"""`gridbot privacy`: a person's right to a copy and to erasure; `gridbot keys`: a new field key."""

import json
from getpass import getuser
from typing import Annotated

import typer

from bot import privacy as doors
from bot import rotation
from bot.commands import common

app = typer.Typer(no_args_is_help=True, help="One person's data.")
keys = typer.Typer(no_args_is_help=True, help="The key of the encrypted fields.")

Who = Annotated[str, typer.Argument(help="an openid or an account number")]
WithResidents = Annotated[
    bool,
    typer.Option("--with-residents", help="with an account: also the residents bound to it"),
]


@app.callback()
def group() -> None:
    """One person's data."""


@app.command()
def export(who: Who, with_residents: WithResidents = False) -> None:  # noqa: FBT002
    """Write all that is kept of a person to stdout, as JSON."""
    with common.desk() as desk:
        found = doors.export_person(desk, who, with_residents=with_residents, by=getuser())
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))


@app.command()
def erase(who: Who, with_residents: WithResidents = False) -> None:  # noqa: FBT002
    """Erase a person; closed tickets stay with the person masked, open ones until they are closed."""
    with common.desk() as desk:
        done = doors.erase_person(desk, who, with_residents=with_residents, by=getuser())
    doors.remove_files(common.settings().data_dir / "media", done.files)
    typer.echo(f"erased: {len(done.openids)} residents, {len(done.tickets)} tickets masked")
    if done.kept:
        typer.echo(f"still in work: {', '.join(done.kept)}; erase again once they are closed")
    if done.account_stays:
        typer.echo("the account stays: its supply contract needs it; bindings to it are gone")


@keys.callback()
def keys_group() -> None:
    """The key of the encrypted fields."""


@keys.command()
def rotate() -> None:
    """Encrypt anew, with the first key of GRIDBOT_FIELD_KEY, what another key wrote."""
    settings = common.settings()
    with common.database() as database:
        done = rotation.rotate(database, settings.data_dir / "media")
    typer.echo(f"{done.values} values and {done.files} files are written with the first key")
    typer.echo("keep the last key in GRIDBOT_FIELD_KEY: look-ups by number are made with it")
