"""`gridbot tickets`: requests of channels that have no API."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands import common
from handlers.tickets import bulk
from handlers.tickets.bulk import Outcome
from handlers.tickets.models import Source

app = typer.Typer(no_args_is_help=True, help="Tickets.")
SHOWN = 50


@app.callback()
def group() -> None:
    """Tickets."""


@app.command("import")
def import_(
    file: Path,
    source: Annotated[Source, typer.Option("--source", help="the channel they come from")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check only")] = False,  # noqa: FBT002
) -> None:
    """Check a CSV or .xlsx file, and take down all of it or nothing."""
    try:
        content = file.read_bytes()
    except OSError as error:
        typer.echo(f"{file.name} 打不开：{error.strerror}。")
        raise typer.Exit(1) from None
    with common.desk() as desk:
        outcome = bulk.import_tickets(
            desk, file.name, content, source=source, by=source.value, dry_run=dry_run
        )
    _tell(outcome, dry_run=dry_run)
    if outcome.faults:
        raise typer.Exit(1)


def _tell(outcome: Outcome, *, dry_run: bool) -> None:
    if outcome.faults:
        typer.echo(f"有 {len(outcome.faults)} 处错误，什么都没有导入。请改好后再导入：")
        for fault in outcome.faults[:SHOWN]:
            typer.echo(f"  {fault}")
        if len(outcome.faults) > SHOWN:
            typer.echo(f"  还有 {len(outcome.faults) - SHOWN} 处没有列出")
        return
    if dry_run:
        typer.echo(f"检查通过，没有写入。将导入 {outcome.created} 条。")
        return
    typer.echo(f"导入完成：新单 {outcome.created} 张，已有 {outcome.known} 张。")
