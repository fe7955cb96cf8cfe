"""A table of plain cells, and how each cell is read."""

from collections.abc import Sequence
from dataclasses import dataclass

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """`percent` are the columns whose cells are shares; `links` where a row's name leads on the page."""

    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    percent: frozenset[int] = frozenset()
    note: str = ""
    links: tuple[str, ...] = ()


def shown(value: Cell, *, is_percent: bool) -> str:
    """A cell as people read it: shares in percent, nothing decided as a dash."""
    if value is None:
        return "—"
    if is_percent and not isinstance(value, str):
        return f"{value * 100:.1f}%"
    return f"{value:g}" if isinstance(value, float) else str(value)


def is_share(table: Table, row: tuple[Cell, ...], column: int) -> bool:
    """In the summary shares stand in rows, elsewhere in columns."""
    if table.percent:
        return column in table.percent
    name = str(row[0])
    return column > 0 and table.title == "主要指标" and _names_share(name)


def is_number(table: Table, column: int) -> bool:
    """Whether a column holds figures, which stand to the right."""
    return column > 0 and all(not isinstance(row[column], str) for row in table.rows)


def _names_share(name: str) -> bool:
    return "率" in name or name in {"15分钟内到场", "按时到场", "按时办结", "承诺兑现"}
