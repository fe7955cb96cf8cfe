"""Bot quality: how many messages were understood, handed over, wrongly kept from a person."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.figures.models import TalkCell
from handlers.figures.totals import Span, share


@dataclass(frozen=True, slots=True)
class Talk:
    """`deflected`: the bot answered, and within minutes the person asked for a human."""

    intent: str
    messages: int
    understood: int
    handed_over: int
    deflected: int

    @property
    def understood_rate(self) -> float | None:
        return share(self.understood, self.messages)

    @property
    def handed_over_rate(self) -> float | None:
        return share(self.handed_over, self.messages)

    @property
    def deflected_rate(self) -> float | None:
        return share(self.deflected, self.messages)


def total(session: Session, span: Span) -> Talk:
    row = session.execute(_sums(span)).one()
    return Talk("", int(row[0]), int(row[1]), int(row[2]), int(row[3]))


def by_intent(session: Session, span: Span) -> list[Talk]:
    """The intents of a span, those most often wrongly kept first."""
    query = _sums(span, TalkCell.intent).group_by(TalkCell.intent)
    rows = session.execute(query)
    found = [Talk(row[0], int(row[1]), int(row[2]), int(row[3]), int(row[4])) for row in rows]
    return sorted(found, key=lambda one: (-one.deflected, -one.messages, one.intent))


def _sums(span: Span, *keys: Any) -> sa.Select[Any]:
    columns = (TalkCell.messages, TalkCell.understood, TalkCell.handed_over, TalkCell.deflected)
    sums = [sa.func.coalesce(sa.func.sum(column), 0) for column in columns]
    return sa.select(*keys, *sums).where(TalkCell.day.between(span.since, span.until))
