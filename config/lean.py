"""A statement of PostgreSQL on the driver's own cursor, for what every message runs.

SQLAlchemy builds it, names its parameters and knows its types; what it does around each execution
of its own costs more than the driver's part.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Dialect

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """The text, and what turns values into parameters and columns into values."""

    text: str
    takes: tuple[tuple[str, Any, Convert | None], ...]  # name, value unless given, conversion
    gives: tuple[tuple[str, Convert | None], ...]


def compiled(statement: sa.Select[Any], dialect: Dialect) -> Statement:
    """The statement as this dialect says it; its parameters are bound by their names."""
    said = statement.compile(dialect=dialect)
    takes = [
        (name, said.params[name], said.binds[name].type.dialect_impl(dialect))
        for name in said.positiontup or said.params
    ]
    gives = [
        (column.name, column.type.dialect_impl(dialect)) for column in statement.selected_columns
    ]
    return Statement(
        str(said),
        tuple((name, value, kind.bind_processor(dialect)) for name, value, kind in takes),
        tuple((name, kind.result_processor(dialect, None)) for name, kind in gives),
    )


def first(
    connection: sa.Connection, statement: Statement, values: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The first row by its labels; raises what SQLAlchemy would, and gives up a dead connection."""
    given = {}
    for name, otherwise, convert in statement.takes:
        value = values.get(name, otherwise)
        given[name] = value if convert is None else convert(value)
    driver = connection.connection
    try:
        row = driver.cursor().execute(statement.text, given).fetchone()
    except psycopg.Error as error:
        is_lost = driver.closed
        if is_lost:
            connection.invalidate(error)
        raise sa.exc.DBAPIError.instance(
            statement.text,
            None,
            error,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=is_lost,
            dialect=connection.dialect,
        ) from error
    if row is None:
        return None
    return {
        name: value if convert is None or value is None else convert(value)
        for (name, convert), value in zip(statement.gives, row, strict=True)
    }
