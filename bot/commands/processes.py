"""`gridbot serve`, `worker`, `doctor` and `menu push`."""

from typing import Annotated

import typer

from bot import log, schema, wiring
from bot.chores import CHORES
from bot.commands import common, doctoring
from bot.platforms import menu
from bot.serving import serve_web
from bot.worker import Worker
from bot.worker import run as run_worker
from config import redis as redis_settings

Bind = Annotated[str, typer.Option(help="address:port")]


def serve(bind: Bind = "127.0.0.1:8000") -> None:
    """Run the web process."""
    read = common.settings()
    log.configure(read.log_level)
    serve_web(bind)


def worker() -> None:
    """Run relay, RQ workers and timers."""
    read = common.settings()
    log.configure(read.log_level)
    parts = wiring.build(read)
    schema.wait_for(parts.database)
    run_worker(Worker(parts, redis_settings.source(read), CHORES))


def doctor() -> None:
    """Check settings, database, Redis, understanding and platforms, and say what to do."""
    findings = doctoring.examine()
    for finding in findings:
        typer.echo(finding.line)
    if not all(finding.is_fine for finding in findings):
        raise typer.Exit(1)


def push_menu() -> None:
    """Write the Official Account's menu to the platform."""
    parts = wiring.build(common.settings())
    if parts.wechat is None:
        typer.echo("GRIDBOT_WECHAT_…: not set, there is no Official Account to write to", err=True)
        raise typer.Exit(1)
    menu.push(parts.wechat)
    typer.echo("the menu is written")
