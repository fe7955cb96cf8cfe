"""Write every sealed value anew with the first key of GRIDBOT_FIELD_KEY."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.models import metadata
from config.ciphers import FieldCipher
from config.database import Database, Sealed, SealedJson, cipher_of

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Rotated:
    values: int
    files: int


def rotate(database: Database, media: Path) -> Rotated:
    """Encrypt anew what another key wrote, in short transactions; may run while gridbot serves."""
    cipher = cipher_of(database.engine.dialect)
    values = sum(
        _rotate_column(database, cipher, table, column)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed | SealedJson)
    )
    files = [path for path in sorted(media.iterdir()) if path.is_file()] if media.is_dir() else []
    return Rotated(values, sum(_rotate_file(cipher, path) for path in files))


def _rotate_column(
    database: Database, cipher: FieldCipher, table: sa.Table, column: sa.Column[Any]
) -> int:
    keys = list(table.primary_key.columns)
    raw = sa.table(table.name, sa.column(column.name, sa.Text), *(sa.column(k.name) for k in keys))
    stored = raw.c[column.name]
    old = sa.and_(stored.is_not(None), ~stored.startswith(cipher.prefix))
    count = 0
    while True:
        with database.engine.begin() as connection:
            rows = connection.execute(sa.select(raw).where(old).limit(AT_ONCE)).mappings().all()
            for row in rows:
                # The old value is named too: who wrote meanwhile wins, and is looked at again.
                same = [raw.c[key.name] == row[key.name] for key in keys]
                again = cipher.encrypt(cipher.decrypt(row[column.name]))
                connection.execute(
                    sa.update(raw)
                    .where(*same, stored == row[column.name])
                    .values({column.name: again})
                )
        count += len(rows)
        if len(rows) < AT_ONCE:
            return count


def _rotate_file(cipher: FieldCipher, path: Path) -> int:
    """A new file takes the place of the old one in one step, so that no reader finds half."""
    sealed = path.read_bytes()
    if cipher.is_current_file(sealed):
        return 0
    fresh = path.with_suffix(f"{path.suffix}.new")
    fresh.write_bytes(cipher.seal(cipher.unseal(sealed)))
    fresh.replace(path)
    return 1
