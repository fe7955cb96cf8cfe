"""`gridbot backup` and `restore`: everything that cannot be made again, in one file."""

from pathlib import Path

import typer

from bot import backup as archives
from bot.commands import common


def backup(path: Path) -> None:
    """Write the database and the media into one archive; the keys are kept elsewhere."""
    settings = common.settings()
    with common.database() as database:
        written = archives.write(database, settings.data_dir / "media", path)
    typer.echo(f"{written} rows in {path}; keep GRIDBOT_FIELD_KEY apart from it")


def restore(path: Path) -> None:
    """Fill an empty database and the media folder from an archive."""
    settings = common.settings()
    with common.database() as database:
        read = archives.read(database, settings.data_dir / "media", path)
    typer.echo(f"{read} rows restored from {path}")
