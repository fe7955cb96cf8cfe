"""What the database keeps ready for the queue and the search, at a million tickets as at ten.

Words are found by pairs of characters, since Chinese has no spaces to cut at: PostgreSQL keeps an
index of them (its contrib `pg_trgm` wants three characters, and most of our words have two).
SQLite has none: there the newest tickets are read.
"""

from typing import Any

import sqlalchemy as sa

PAIRS_OF_A_TICKET = """
CREATE OR REPLACE FUNCTION ticket_grams(said text, place text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT gram), '{}') FROM (
    SELECT sign || lead(sign) OVER (ORDER BY at) AS gram
    FROM unnest(string_to_array(said || ' ' || place, NULL)) WITH ORDINALITY AS signs(sign, at)
  ) AS grams WHERE gram IS NOT NULL
$$
"""
UNFINISHED = sa.text("state IN ('accepted', 'arrived', 'assigned', 'open', 'reopened')")
URGENCY = ("priority", "next_due_at", "id")


def of_the_queue() -> tuple[sa.Index, ...]:
    """What is not over by its urgency, a station's and everywhere's; the rest by the newest."""
    words = sa.Index(
        "ix_tickets_grams", sa.text("ticket_grams(masked_text, place_text)"), postgresql_using="gin"
    )
    return (
        _of_open_ones("ix_tickets_open_station", "station_code", *URGENCY),
        _of_open_ones("ix_tickets_open", *URGENCY),
        sa.Index("ix_tickets_station", "station_code", "id"),
        sa.Index("ix_tickets_station_queue", "station_code", "state", "id"),
        sa.Index("ix_tickets_state", "state", "id"),
        sa.Index("ix_tickets_category", "category", "id"),
        sa.Index("ix_tickets_grid_category", "grid_code", "category", "id"),
        sa.Index("ix_tickets_phone_tail", "phone_tail_index", "id"),
        words.ddl_if(dialect="postgresql"),
    )


def pairs(words: str) -> list[str]:
    """The pairs of characters that a text with these words has; none for a single character."""
    return sorted({words[at : at + 2] for at in range(len(words) - 1)})


def make_functions(target: sa.Table, connection: sa.Connection, **_: Any) -> None:
    """Before the table and its indexes are made on PostgreSQL."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(PAIRS_OF_A_TICKET)


def _of_open_ones(name: str, *columns: str) -> sa.Index:
    return sa.Index(name, *columns, postgresql_where=UNFINISHED, sqlite_where=UNFINISHED)
