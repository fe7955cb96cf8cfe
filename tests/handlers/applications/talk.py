"""A resident's messages about applications, as understanding would hand them in."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from handlers.applications import dialogue
from handlers.desk import Desk
from handlers.dialogue.turn import Door, Inbound, InboundKind, Reply, Turn
from handlers.tickets.models import Ticket


@dataclass(frozen=True)
class Named:
    entity: str
    value: str


@dataclass(frozen=True)
class Meaning:
    text: str
    intent: str
    entities: tuple[Named, ...] = ()
    confidence: float = 1.0


@dataclass
class Talk:
    """One person's talk; entities are given by name: `says("装桩", community="莲溪村")`."""

    desk: Desk
    openid: str = "o1"
    intent: str = "apply_charging_pile"
    memory: dict[str, Any] = field(default_factory=dict)
    count: int = 0

    def wants(self, intent: str) -> "Talk":
        self.intent = intent
        return self

    def says(self, text: str, **entities: str) -> Reply:
        self.count += 1
        inbound = Inbound(
            Door.OFFICIAL_ACCOUNT,
            self.openid,
            f"{self.openid}-{self.count}",
            InboundKind.TEXT,
            self.desk.now,
            text,
        )
        named = tuple(Named(*pair) for pair in entities.items())
        meaning = Meaning(text, self.intent, named)
        is_fresh = "form" not in self.memory
        turn = Turn(inbound, meaning, self.desk.now, self.memory, is_fresh)
        return getattr(dialogue, self.intent)(turn, self.desk)

    def tickets(self) -> list[Ticket]:
        query = sa.select(Ticket).where(Ticket.openid == self.openid).order_by(Ticket.id)
        return list(self.desk.session.scalars(query))

    @property
    def ticket(self) -> Ticket:
        (only,) = self.tickets()
        return only
