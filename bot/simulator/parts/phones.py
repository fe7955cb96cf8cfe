"""What each phone shows: one list of bubbles per chat."""

from dataclasses import asdict, dataclass, field
from typing import Any


def resident_chat(openid: str) -> str:
    return f"resident:{openid}"


def group_chat(target: str) -> str:
    return f"group:{target}"


def member_chat(userid: str) -> str:
    return f"member:{userid}"


@dataclass(slots=True)
class Bubble:
    """`via` says which way it came: passive, custom, template, webhook, message/send …"""

    id: int
    chat: str
    sender: str
    kind: str
    text: str
    via: str
    at: float
    revision: int
    data: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Phones:
    def __init__(self) -> None:
        self._bubbles: list[Bubble] = []
        self._chats: dict[str, list[Bubble]] = {}
        self.revision = 0

    def show(
        self,
        chat: str,
        sender: str,
        text: str,
        *,
        at: float,
        via: str,
        kind: str = "text",
        data: dict[str, Any] | None = None,
    ) -> Bubble:
        self.revision += 1
        number = len(self._bubbles) + 1
        bubble = Bubble(number, chat, sender, kind, text, via, at, self.revision, data or {})
        self._bubbles.append(bubble)
        self._chats.setdefault(chat, []).append(bubble)
        return bubble

    def touch(self, bubble: Bubble) -> None:
        """Say that a bubble has changed, so that whoever polls sees it again."""
        self.revision += 1
        bubble.revision = self.revision

    def chat(self, chat: str, after: int = 0) -> list[Bubble]:
        return [bubble for bubble in self._chats.get(chat, []) if bubble.revision > after]

    def since(self, revision: int) -> list[Bubble]:
        return [bubble for bubble in self._bubbles if bubble.revision > revision]

    def count(self) -> int:
        return len(self._bubbles)

    def find(self, number: int) -> Bubble | None:
        return self._bubbles[number - 1] if 0 < number <= len(self._bubbles) else None
