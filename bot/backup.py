"""An archive of every table's rows as they are stored, sealed columns staying sealed."""

import base64
import json
import tarfile
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot import schema
from bot.models import metadata
from config.database import Database
from handlers.errors import DomainError

ROWS = "rows.jsonl"
MEDIA = "media"
PAGE = 1000


class NotEmptyError(DomainError):
    """A restore would mix two histories."""


def write(database: Database, media: Path, path: Path) -> int:
    """Write every row, as of one moment, and the media; returns the number of rows."""
    with tempfile.TemporaryDirectory() as scratch:
        rows = Path(scratch) / ROWS
        count = _dump(database, rows)
        with tarfile.open(path, "w:gz") as archive:
            archive.add(rows, ROWS)
            if media.is_dir():
                archive.add(media, MEDIA)
    return count


def read(database: Database, media: Path, path: Path) -> int:
    """Restore into an empty database; raises NotEmptyError when it holds tickets or people."""
    schema.upgrade(database)
    with tempfile.TemporaryDirectory() as scratch:
        try:
            with tarfile.open(path) as archive:
                archive.extractall(scratch, filter="data")
        except (OSError, tarfile.TarError) as error:
            raise DomainError(f"{path}: not an archive of `gridbot backup` ({error})") from error
        if (Path(scratch) / MEDIA).is_dir():
            media.parent.mkdir(parents=True, exist_ok=True)
            (Path(scratch) / MEDIA).replace(media) if not media.exists() else None
        return _load(database, Path(scratch) / ROWS)


def _dump(database: Database, path: Path) -> int:
    count = 0
    options = {} if database.is_sqlite else {"isolation_level": "REPEATABLE READ"}
    with (
        database.engine.connect().execution_options(**options) as connection,
        path.open("w") as out,
    ):
        for table in metadata.sorted_tables:
            plain = sa.select(*(sa.type_coerce(c, _raw(c)).label(c.name) for c in table.columns))
            for row in connection.execute(plain).mappings():
                line = {"table": table.name, "row": {k: _written(v) for k, v in row.items()}}
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
                count += 1
    return count


def _load(database: Database, path: Path) -> int:
    tables = {table.name: table for table in metadata.sorted_tables}
    count = 0
    with database.engine.begin() as connection:
        for name in ("tickets", "staff", "residents"):
            if connection.scalar(sa.select(sa.func.count()).select_from(tables[name])):
                raise NotEmptyError(f"the database holds {name} already; restore into an empty one")
        waiting: dict[str, list[dict[str, Any]]] = {}
        with path.open(encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                waiting.setdefault(record["table"], []).append(record["row"])
                count += 1
        for table in metadata.sorted_tables:
            _insert(connection, table, waiting.get(table.name, []))
        if not database.is_sqlite:
            _set_sequences(connection)
    return count


def _insert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """What points at rows of its own table, also at later ones, is set once all are in."""
    raw = sa.table(table.name, *(sa.column(c.name, _raw(c)) for c in table.columns))
    read_rows = [{k: _read(v) for k, v in row.items()} for row in rows]
    inner = [c.name for c in table.columns if any(k.column.table is table for k in c.foreign_keys)]
    bare = [row | dict.fromkeys(inner) for row in read_rows]
    for start in range(0, len(bare), PAGE):
        connection.execute(sa.insert(raw), bare[start : start + PAGE])
    for name in inner:
        pointing = [{"at": row["id"], "to": row[name]} for row in read_rows if row[name]]
        if pointing:
            change = sa.update(raw).where(raw.c.id == sa.bindparam("at"))
            connection.execute(change.values({name: sa.bindparam("to")}), pointing)


def _set_sequences(connection: sa.Connection) -> None:
    for table in metadata.sorted_tables:
        if "id" in table.c and isinstance(table.c["id"].type, sa.BigInteger):
            name = table.name
            connection.execute(
                sa.text(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), "  # noqa: S608 - our own table names
                    f"COALESCE((SELECT MAX(id) FROM {name}), 1))"
                )
            )


def _raw(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    """The stored form: what our own column types hold, not what they show."""
    kind = column.type
    if isinstance(kind, sa.types.TypeDecorator):
        return kind.impl_instance
    return kind


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"$moment": value.isoformat()}
    if isinstance(value, date):
        return {"$day": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    return value


def _read(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1:
        if "$moment" in value:
            return datetime.fromisoformat(value["$moment"])
        if "$day" in value:
            return date.fromisoformat(value["$day"])
        if "$bytes" in value:
            return base64.b64decode(value["$bytes"])
    return value
