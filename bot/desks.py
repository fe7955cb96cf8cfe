"""Make the desk that a transaction's business works at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from config.clock import Clock
from config.tables import Tables
from handlers.desk import Desk, PlaceFinder
from notifier.render import Renderer


@dataclass(frozen=True, slots=True)
class Desks:
    tables: Tables
    clock: Clock
    places: Callable[[], PlaceFinder]
    words: Renderer
    public_url: str
    survey_delay: timedelta | None

    def at(self, session: Session) -> Desk:
        return Desk(
            session=session,
            now=self.clock.now(),
            tables=self.tables,
            places=self.places(),
            words=self.words,
            public_url=self.public_url,
            survey_delay=self.survey_delay,
        )
