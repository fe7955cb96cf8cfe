"""What a text was understood to mean, and the protocol every engine follows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing named in a text; `start` and `end` index the text as it was written.

    An ambiguous place is several entities of one span, one for each candidate.
    """

    entity: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class IntentScore:
    intent: str
    score: float


@dataclass(frozen=True, slots=True)
class Request:
    """One wish in a message: its intent, calibrated confidence 0–1, and what was named with it."""

    intent: str
    confidence: float
    text: str
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class Hazard:
    """Danger found before any model: its kind and the words that gave it away.

    `kind` is one of contact, fire, explosion, sparks, wire_down, water, smell, overvoltage,
    structure, life_support, gas, stuck_lift, other.
    """

    kind: str
    evidence: tuple[str, ...]
    is_p0: bool


@dataclass(frozen=True, slots=True)
class Understanding:
    """Every wish of a message in the order to answer them: danger first.

    `requests` is never empty. `intent` and `confidence` are the first one's, after the fallback
    threshold: a text under it is `out_of_scope`. `ranking` holds the best intents before it.
    """

    text: str
    requests: tuple[Request, ...]
    ranking: tuple[IntentScore, ...] = ()
    entities: tuple[Entity, ...] = ()
    hazard: Hazard | None = None
    engine: str = "local"
    tokens: tuple[str, ...] = field(default=())
    milliseconds: float = 0.0

    @property
    def intent(self) -> str:
        return self.requests[0].intent

    @property
    def confidence(self) -> float:
        return self.requests[0].confidence

    def values(self, entity: str) -> list[str]:
        """The distinct values of one entity, in the order of the text."""
        return list(dict.fromkeys(e.value for e in self.entities if e.entity == entity))

    def value(self, entity: str) -> str | None:
        """The single value of an entity, None where there is none or several differ."""
        values = self.values(entity)
        return values[0] if len(values) == 1 else None


@dataclass(frozen=True, slots=True)
class Place:
    """A community as the registry knows it, for the gazetteer."""

    code: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    buildings: frozenset[str] = frozenset()


class Gazetteer(Protocol):
    """Finds places of the registry in a text; built by `nlu.places.build(places)`."""

    def find(self, text: str) -> Sequence[Entity]: ...


class Engine(Protocol):
    """Understands one text; thread-safe, never raises for any text."""

    @property
    def name(self) -> str: ...

    def understand(self, text: str, *, at: datetime, gazetteer: Gazetteer) -> Understanding: ...
