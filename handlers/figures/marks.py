"""How far a history was added up, and sums that several may add to."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config.database import Base
from handlers.figures.models import FigureMark

ROWS = 200
# Ids are given out before a commit: an event may appear behind a later one for so long.
SETTLED = timedelta(seconds=60)


def take(session: Session, name: str) -> FigureMark:
    """The mark of a history, locked: one adds up at a time."""
    insert = _insert(session, FigureMark).values(name=name, last_id=0)
    session.execute(insert.on_conflict_do_nothing())
    query = sa.select(FigureMark).where(FigureMark.name == name).with_for_update()
    return session.scalars(query).one()


def settled(position: int, rows: Iterable[tuple[int, datetime]], now: datetime) -> int:
    """Up to which id, of rows of ids and times, no other can appear any more."""
    for row_id, at in rows:
        if at > now - SETTLED:
            break
        position = row_id
    return position


def add_up(
    session: Session, table: type[Base], sums: Mapping[tuple[Any, ...], Mapping[str, int]]
) -> None:
    """Add differences to cells by their key, in the order of the keys."""
    keys = [column.name for column in sa.inspect(table).primary_key]
    rows = [
        dict(zip(keys, key, strict=True)) | dict(differences)
        for key, differences in sorted(sums.items())
        if any(differences.values())
    ]
    for start in range(0, len(rows), ROWS):
        insert = _insert(session, table).values(rows[start : start + ROWS])
        changed = {
            name: table.__table__.c[name] + insert.excluded[name]
            for name in rows[0]
            if name not in keys
        }
        session.execute(insert.on_conflict_do_update(index_elements=keys, set_=changed))


def _insert(session: Session, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)
