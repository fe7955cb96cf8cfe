"""Statements of one moment as one: writable CTEs on PostgreSQL, one after another on SQLite.

A message's transaction spends most of its time on the way to the database and back.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from config import lean

Values = Mapping[str, Any]
Insert = Callable[[Any], Any]
# A statement with bound parameters, none of them named like a column of its table (SQLAlchemy
# would set that column too); `insert` is the dialect's own, which knows ON CONFLICT.
Part = Callable[[Insert], sa.Executable]


class Together:
    """Up to one row of each part, under labels that no other part has.

    The first part runs first, so that its locks are taken before those of the others. On
    PostgreSQL all of them read the database as it was before the first waited for a lock.
    """

    def __init__(self, *parts: Part) -> None:
        self._parts = parts
        self._compiled: WeakKeyDictionary[Dialect, lean.Statement] = WeakKeyDictionary()

    def run(self, session: Session, values: Values) -> dict[str, Any] | None:
        """What the parts return; None where the first returns no row."""
        connection = session.connection()
        if connection.dialect.name == "sqlite":
            return self._one_by_one(connection, values)
        statement = self._compiled.get(connection.dialect)
        if statement is None:
            statement = self._compiled[connection.dialect] = lean.compiled(
                self._one, connection.dialect
            )
        return lean.first(connection, statement, values)

    def _one_by_one(self, connection: sa.Connection, values: Values) -> dict[str, Any] | None:
        found: dict[str, Any] = {}
        for part, wanted in self._each:
            result = connection.execute(
                part, {name: value for name, value in values.items() if name in wanted}
            )
            if not result.returns_rows:
                continue
            row = result.first()
            if row is None and not found:
                return None
            names = result.keys()
            found |= dict.fromkeys(names) if row is None else dict(zip(names, row, strict=True))
        return found

    @cached_property
    def _one(self) -> sa.Select[Any]:
        parts: list[Any] = [part(postgresql.insert) for part in self._parts]
        ctes = [part.cte(f"part_{number}") for number, part in enumerate(parts, 1)]
        first, *read = [cte for cte in ctes if len(cte.c)]
        joined = first
        for cte in read:
            joined = joined.outerjoin(cte, sa.true())
        columns = [column for cte in (first, *read) for column in cte.c]
        return sa.select(*columns).select_from(joined).add_cte(*ctes)

    @cached_property
    def _each(self) -> list[tuple[sa.Executable, set[str]]]:
        """Each part with the names of its parameters."""
        parts: list[Any] = [part(sqlite.insert) for part in self._parts]
        return [(part, set(part.compile(dialect=sqlite.dialect()).params)) for part in parts]
