"""A resident's or a group's messages, as understanding would hand them in."""

from dataclasses import dataclass, field
from typing import Any

from handlers.desk import Desk
from handlers.dialogue.turn import Door, Inbound, InboundKind, Reply, Turn


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
    """One person's talk; entities are given by name: `says("停电吗", community="莲溪村")`."""

    desk: Desk
    route: Any
    openid: str = "o1"
    intent: str = "query_outage"
    chat_id: str = ""
    memory: dict[str, Any] = field(default_factory=dict)
    count: int = 0

    def says(self, text: str, *, is_fresh: bool | None = None, **entities: str) -> Reply:
        self.count += 1
        named = tuple(Named(*pair) for pair in entities.items())
        inbound = Inbound(
            Door.AIBOT if self.chat_id else Door.OFFICIAL_ACCOUNT,
            self.openid,
            f"{self.openid}-{self.count}",
            InboundKind.TEXT,
            self.desk.now,
            text,
            chat_id=self.chat_id,
        )
        fresh = "form" not in self.memory if is_fresh is None else is_fresh
        meaning = Meaning(text, self.intent, named)
        return self.route(Turn(inbound, meaning, self.desk.now, self.memory, fresh), self.desk)
