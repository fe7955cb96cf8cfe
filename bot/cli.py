"""`gridbot …`: what operators type."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.commands import (
    apikeys,
    audit,
    backups,
    database,
    nlu,
    people,
    privacy,
    processes,
    registry,
    webhooks,
)
from bot.commands import figures as sums
from bot.commands import sim as simulator
from bot.commands import sla as deadlines
from bot.commands import tickets as requests
from bot.commands import triage as sorting
from config.redis import RedisUnavailableError
from config.settings import SettingsError
from config.toml import TableError
from handlers.errors import DomainError
from nlu.scorer import ModelError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=__doc__,
)
for name, group in (
    ("db", database.app),
    ("registry", registry.app),
    ("nlu", nlu.app),
    ("apikey", apikeys.app),
    ("webhook", webhooks.app),
    ("staff", people.app),
    ("sim", simulator.app),
    ("sla", deadlines.app),
    ("figures", sums.app),
    ("tickets", requests.app),
    ("triage", sorting.app),
    ("audit", audit.app),
    ("privacy", privacy.app),
    ("keys", privacy.keys),
):
    app.add_typer(group, name=name)

app.command("serve")(processes.serve)
app.command("worker")(processes.worker)
app.command("doctor")(processes.doctor)
app.command("backup")(backups.backup)
app.command("restore")(backups.restore)
menu = typer.Typer(no_args_is_help=True, help="The Official Account's menu.")
menu.command("push")(processes.push_menu)
app.add_typer(menu, name="menu")

Port = Annotated[int, typer.Option(help="the port of the simulator page")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="do not open the page")]
Folder = Annotated[Path | None, typer.Option("--data", help="a folder that keeps the demo's data")]


@app.command("demo")
def run_demo(port: Port = 8000, data: Folder = None, no_browser: NoBrowser = False) -> None:  # noqa: FBT002
    """Run everything with a made-up city; Ctrl-C ends all of it."""
    from bot import demo  # noqa: PLC0415 - the simulator and all pages, for this command alone

    demo.run(port=port, data=data, opens_browser=not no_browser)


@contextmanager
def _told() -> Iterator[None]:
    """Errors a person can mend are one plain text, not a stack trace."""
    try:
        yield
    except (SettingsError, TableError, ModelError, RedisUnavailableError) as error:
        sys.exit(str(error))
    except DomainError as error:
        sys.exit(error.message)
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).splitlines()[0]
        sys.exit(
            f"the database cannot be used ({reason}): run `gridbot db upgrade`,"
            " or see GRIDBOT_DATABASE_URL"
        )


def main() -> None:
    os.environ.setdefault("PYTHONUTF8", "1")
    with _told():
        app()
