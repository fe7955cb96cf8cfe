"""Open a delivery's turn under the conversation's lock, and close it with its reply, once."""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.conversation.models import Conversation, InboxMessage, Utterance
from config.together import Insert, Part, Together, Values
from handlers.desk import Desk
from handlers.dialogue.turn import Inbound

TALKS: Any = Conversation.__table__
INBOX: Any = InboxMessage.__table__
LINES: Any = Utterance.__table__


class AnsweredError(Exception):
    """Another delivery of the same key has its reply: this turn must leave no trace."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What a door asks of the database in the moment its turn is opened."""

    parts: tuple[Part, ...] = ()
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """A locked conversation; `found` is what the parts beside it returned.

    `memory` is changed in place, lines are added with `say`; `close_turn` writes both.
    """

    memory: dict[str, Any]
    found: dict[str, Any]
    was: str
    lines: list[dict[str, Any]] = field(default_factory=list)

    def say(self, speaker: str, text: str, intent: str = "") -> None:
        """Keep what one side said in this turn."""
        self.lines.append({"speaker": speaker, "text": text, "intent": intent})


def open_turn(desk: Desk, inbound: Inbound, beside: Beside) -> Opened:
    """Lock the conversation until the commit; raises AnsweredError for a known key.

    Deliveries of one person wait here for each other. What a waiting one has read is as old as
    its waiting: with the lock in hand it reads again.
    """
    given = {"writer": inbound.user_id, "message": inbound.key, "moment": desk.now, "mind": {}}
    opening, values = _opening(beside.parts), {**given, **beside.values}
    found = opening.run(desk.session, values)
    if found is not None and (found["turns_before"] or 0) < found["turns"] - 1:
        found = opening.run(desk.session, values)
    if found is None or found["known"] is not None:
        raise AnsweredError
    memory = found["memory"]
    return Opened(memory, found, _written(memory))


def close_turn(desk: Desk, inbound: Inbound, opened: Opened, reply: Any) -> None:
    """Make the delivery count, once; raises AnsweredError when another one did meanwhile."""
    given = {"writer": inbound.user_id, "message": inbound.key, "moment": desk.now}
    for number, line in enumerate(opened.lines):
        given |= {f"{name}_{number}": value for name, value in line.items()}
    has_changed = _written(opened.memory) != opened.was
    closing = _closing(len(opened.lines), has_changed=has_changed)
    if closing.run(desk.session, {**given, "answer": reply, "mind": opened.memory}) is None:
        raise AnsweredError


def remembered(session: Session, key: str) -> Any:
    """The reply that the first delivery got."""
    return session.scalar(sa.select(InboxMessage.reply).where(InboxMessage.key == key))


@cache
def _opening(beside: tuple[Part, ...]) -> Together:
    """Built once: these statements run for every message."""
    return Together(_talk, _before, _known, *beside)


@cache
def _closing(lines: int, *, has_changed: bool) -> Together:
    said = [_said(lines)] if lines else []
    return Together(_kept, *said, *([_changed] if has_changed else []))


def _talk(insert: Insert) -> Any:
    """The update locks the row; `turns` is what it is then, `turns_before` what was read before."""
    row: dict[str, Any] = {"user_id": sa.bindparam("writer"), "updated_at": sa.bindparam("moment")}
    fresh = insert(TALKS).values(**row, memory=sa.bindparam("mind"), turns=1)
    return fresh.on_conflict_do_update(
        index_elements=["user_id"],
        set_={"updated_at": fresh.excluded.updated_at, "turns": TALKS.c.turns + 1},
    ).returning(TALKS.c.memory, TALKS.c.turns)


def _known(_insert: Insert) -> Any:
    return sa.select(INBOX.c.key.label("known")).where(INBOX.c.key == sa.bindparam("message"))


def _before(_insert: Insert) -> Any:
    """On PostgreSQL the turns as of the statement's beginning; SQLite lets nobody wait inside."""
    mine = TALKS.c.user_id == sa.bindparam("writer")
    return sa.select(TALKS.c.turns.label("turns_before")).where(mine)


def _kept(insert: Insert) -> Any:
    row: dict[str, Any] = {"received_at": sa.bindparam("moment"), "reply": sa.bindparam("answer")}
    fresh = insert(INBOX).values(key=sa.bindparam("message"), user_id=sa.bindparam("writer"), **row)
    return fresh.on_conflict_do_nothing(index_elements=["key"]).returning(INBOX.c.key)


def _said(lines: int) -> Part:
    """A union: it keeps the order, and SQLAlchemy would compile several VALUES anew each time."""

    def said(insert: Insert) -> Any:
        rows = [sa.select(*_line(number)) for number in range(lines)]
        return insert(LINES).from_select(
            ["user_id", "at", "speaker", "text", "intent"],
            sa.union_all(*rows),
            include_defaults=False,
        )

    return said


def _line(number: int) -> list[Any]:
    own = (("writer", "user_id"), ("moment", "at"))
    words = ((f"{name}_{number}", name) for name in ("speaker", "text", "intent"))
    return [sa.bindparam(name, type_=LINES.c[column].type) for name, column in (*own, *words)]


def _changed(_insert: Insert) -> Any:
    mine = TALKS.c.user_id == sa.bindparam("writer")
    return sa.update(TALKS).where(mine).values(memory=sa.bindparam("mind"))


def _written(memory: dict[str, Any]) -> str:
    return json.dumps(memory, ensure_ascii=False)
