"""A resident at the money counter, as the engine would hand the messages in."""

from dataclasses import dataclass, field
from typing import Any

from handlers.desk import Desk
from handlers.dialogue.turn import Door, Inbound, InboundKind, Reply, Turn
from handlers.routes import ROUTES
from tests.support.desks import NOW


@dataclass(frozen=True)
class Named:
    entity: str
    value: str


@dataclass(frozen=True)
class Meaning:
    intent: str
    text: str
    entities: tuple[Named, ...] = ()
    confidence: float = 1.0


@dataclass
class Talk:
    """`says` starts a wish where an intent is given, else answers the open question."""

    desk: Desk
    openid: str = "o1"
    door: Door = Door.OFFICIAL_ACCOUNT
    chat_id: str = ""
    memory: dict[str, Any] = field(default_factory=dict)
    count: int = 0

    def says(self, text: str, intent: str = "", **entities: str) -> Reply:
        self.count += 1
        is_fresh = bool(intent)
        intent = intent or self.memory["form"]["intent"]
        came = arrival(self.openid, text, number=self.count, door=self.door, chat_id=self.chat_id)
        named = tuple(Named(*pair) for pair in entities.items())
        meaning = Meaning(intent, text, named)
        turn = Turn(came, meaning, self.desk.now, self.memory, is_fresh)
        return ROUTES[intent](turn, self.desk)


def arrival(
    openid: str,
    text: str,
    *,
    number: int = 0,
    door: Door = Door.OFFICIAL_ACCOUNT,
    chat_id: str = "",
) -> Inbound:
    key = f"{openid}{number}"
    return Inbound(door, openid, key, InboundKind.TEXT, NOW, text, chat_id=chat_id)
