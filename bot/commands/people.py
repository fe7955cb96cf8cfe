"""`gridbot staff`: console passwords and members of staff."""

import sys
from typing import Annotated

import pyotp
import typer

from bot.access.passwords import set_password
from bot.commands import common
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid.models import Role, Staff, Station

app = typer.Typer(no_args_is_help=True, help="Members of staff.")


def _known(desk: Desk, userid: str) -> Staff:
    person = desk.session.get(Staff, userid)
    if person is None:
        raise DomainError(f"there is no member of staff {userid}; import them or `staff add`")
    return person


@app.command()
def password(userid: str) -> None:
    """Set a console password, read from stdin or asked for."""
    if sys.stdin.isatty():
        text = typer.prompt("password", hide_input=True, confirmation_prompt=True)
    else:
        text = sys.stdin.readline().rstrip("\r\n")
    with common.desk() as desk:
        person = _known(desk, userid)
        set_password(person, text)
        person.sessions_valid_from = desk.now
    typer.echo(f"the password of {userid} is set")


@app.command()
def totp(userid: str) -> None:
    """Give a member of staff a second factor and print its address for an authenticator app."""
    secret = pyotp.random_base32()
    with common.desk() as desk:
        person = _known(desk, userid)
        person.totp_secret = secret
        person.sessions_valid_from = desk.now
    typer.echo(pyotp.TOTP(secret).provisioning_uri(name=userid, issuer_name="gridbot"))


@app.command()
def add(
    userid: str,
    name: str,
    role: Role,
    station: Annotated[
        str, typer.Option(help="station code; empty for command centre, admin")
    ] = "",
    phone: str = "",
) -> None:
    """Add a member of staff who is not in the registry's files."""
    with common.desk() as desk:
        if desk.session.get(Staff, userid) is not None:
            raise DomainError(f"{userid} exists already")
        if station and desk.session.get(Station, station) is None:
            raise DomainError(f"there is no station {station}")
        desk.session.add(
            Staff(userid=userid, name=name, role=role, phone=phone, station_code=station or None)
        )
    typer.echo(f"{userid} added; set a password with `gridbot staff password {userid}`")
