"""What a transaction has asked the database before and need not ask again.

One message asks from many places what its writer has: open tickets, accounts. The answer is kept
until the transaction itself writes to that table; a lock on the writer's talk keeps others off.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

_KEPT = "recalled"

Row = TypeVar("Row")


def recall(
    session: Session, table: str, question: str, ask: Callable[[], Sequence[Row]]
) -> list[Row]:
    """The rows that `ask` finds in a table, asked once; `question` names it with its parameters."""
    if session.autoflush:
        session.flush()
    kept = session.info.setdefault(_KEPT, {}).setdefault(table, {})
    if question not in kept:
        kept[question] = list(ask())
    return list(kept[question])


def found_none(session: Session, table: str, question: str) -> None:
    """Another statement of this transaction has seen that the question finds nothing."""
    session.info.setdefault(_KEPT, {}).setdefault(table, {})[question] = []


def watch(sessions: sessionmaker[Session]) -> None:
    """Forget what is kept of a table as soon as one of these sessions writes to it."""
    event.listen(sessions, "after_flush", _forget_flushed)
    event.listen(sessions, "do_orm_execute", _forget_written)
    for end in ("after_commit", "after_rollback"):
        event.listen(sessions, end, _forget_all)


def _forget_flushed(session: Session, _context: object) -> None:
    kept = session.info.get(_KEPT)
    if kept:
        for row in (*session.new, *session.dirty, *session.deleted):
            kept.pop(row.__tablename__, None)


def _forget_written(state: ORMExecuteState) -> None:
    kept = state.session.info.get(_KEPT)
    if kept and not state.is_select:
        table: Any = getattr(state.statement, "table", None)
        if isinstance(table, sa.Table):
            kept.pop(table.name, None)
        else:
            kept.clear()


def _forget_all(session: Session) -> None:
    session.info.pop(_KEPT, None)
