"""Rasa first; the local engine where Rasa is late, down, or not sure."""

import logging
from dataclasses import dataclass
from datetime import datetime

from nlu.intents import OUT_OF_SCOPE
from nlu.rasa import RasaEngine, RasaError
from nlu.understanding import Engine, Gazetteer, Understanding

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CascadeEngine:
    """Never raises: the local engine has an answer for every text."""

    first: RasaEngine
    second: Engine
    name: str = "cascade"

    def understand(self, text: str, *, at: datetime, gazetteer: Gazetteer) -> Understanding:
        try:
            answer = self.first.understand(text, at=at, gazetteer=gazetteer)
        except RasaError as error:
            logger.warning("rasa did not answer", extra={"reason": str(error)})
            return self.second.understand(text, at=at, gazetteer=gazetteer)
        if _is_sure(answer, self.first):
            return answer
        other = self.second.understand(text, at=at, gazetteer=gazetteer)
        return other if other.intent != OUT_OF_SCOPE else answer

    def status(self) -> str:
        """The engine that answers now: `rasa`, or `local` while Rasa is left alone."""
        return self.second.name if self.first.is_resting else self.first.name


def _is_sure(answer: Understanding, engine: RasaEngine) -> bool:
    return answer.confidence >= engine.limits.act
