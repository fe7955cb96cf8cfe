"""`gridbot registry`: who is served by what."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands import common
from handlers.registry.importer import import_registry
from handlers.registry.report import render

app = typer.Typer(no_args_is_help=True, help="The registry of stations, grids, customers, staff.")


@app.callback()
def group() -> None:
    """The registry of stations, grids, customers, staff."""


@app.command("import")
def import_(
    path: Path,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check only")] = False,  # noqa: FBT002
) -> None:
    """Check a folder of CSV files or an .xlsx, and write all of it or nothing."""
    with common.desk() as desk:
        report = import_registry(desk, path, dry_run=dry_run)
    typer.echo(render(report))
    if report.faults:
        raise typer.Exit(1)
