"""What a piece of business works with: the transaction, the time, the tables, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.orm import Session

from config.tables import Tables
from notifier.render import Renderer


class PlaceFinder(Protocol):
    """The registry's places by the names residents use (`nlu.places` builds it)."""

    def find(self, text: str) -> Sequence[Any]: ...
    def suggest(self, text: str, limit: int = 4) -> Sequence[Any]: ...


@dataclass(slots=True)
class Desk:
    """One transaction's working place; services take it, change rows, and never commit.

    A low capability that must cause something high records what happened with `record`;
    `handlers.reactions.settle` answers it before the commit.
    """

    session: Session
    now: datetime
    tables: Tables
    places: PlaceFinder
    words: Renderer
    public_url: str
    survey_delay: timedelta | None = None
    happened: list[Any] = field(default_factory=list)

    def record(self, event: object) -> None:
        self.happened.append(event)
