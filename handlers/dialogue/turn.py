"""One turn of a talk: what came in, what it meant, what is remembered, what is said."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class Door(StrEnum):
    """Through which callback a message came."""

    OFFICIAL_ACCOUNT = "official_account"
    WECOM_APP = "wecom_app"
    AIBOT = "aibot"


class InboundKind(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    LOCATION = "location"
    LINK = "link"
    MINI_PROGRAM = "miniprogrampage"
    EVENT = "event"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message or event of a platform. `key` is the same in each redelivery of it."""

    door: Door
    user_id: str
    key: str
    kind: InboundKind
    at: datetime
    text: str = ""
    media_id: str = ""
    media_format: str = ""
    latitude: float | None = None
    longitude: float | None = None
    label: str = ""
    event: str = ""
    event_key: str = ""
    chat_id: str = ""
    quoted_text: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


class Named(Protocol):
    """An entity as `nlu.understanding.Entity` has it."""

    @property
    def entity(self) -> str: ...
    @property
    def value(self) -> str: ...


class Meaning(Protocol):
    """One wish of a message as `nlu.understanding.Request` has it."""

    @property
    def intent(self) -> str: ...
    @property
    def confidence(self) -> float: ...
    @property
    def text(self) -> str: ...
    @property
    def entities(self) -> Sequence[Named]: ...


class Danger(Protocol):
    """Danger found in a message, as `nlu.understanding.Hazard` has it."""

    @property
    def kind(self) -> str: ...
    @property
    def is_p0(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """One numbered answer: what is shown, what it stands for, and other words that mean it."""

    label: str
    value: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said back; choices are shown numbered below the text.

    `is_final` is false while a question waits for its answer. `link` is shown on a line of its
    own. `card` is a WeCom template card or a message of another type, for doors that take one.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    is_final: bool = True
    link: str = ""
    card: dict[str, Any] | None = None

    def render(self) -> str:
        """The whole reply as one text."""
        lines = [self.text] if self.text else []
        lines += [f"{number} {choice.label}" for number, choice in enumerate(self.choices, 1)]
        if self.link:
            lines.append(self.link)
        return "\n".join(lines)

    def followed_by(self, more: str) -> "Reply":
        """The same reply with another paragraph after it."""
        return replace(self, text=f"{self.text}\n\n{more}" if self.text else more)


SILENCE = Reply("")


@dataclass(slots=True)
class Turn:
    """A message in its conversation.

    `meaning` is the wish being answered now; `memory` is the conversation's JSON, saved by the
    engine with all that the turn did. `is_fresh` is false when the message answers a question.
    """

    inbound: Inbound
    meaning: Meaning
    now: datetime
    memory: dict[str, Any]
    is_fresh: bool = True
    danger: Danger | None = None

    @property
    def user_id(self) -> str:
        return self.inbound.user_id

    @property
    def text(self) -> str:
        """The words of this wish: a sentence of the message, or all of it."""
        return self.meaning.text

    def values(self, entity: str) -> list[str]:
        """The distinct values this message names for an entity, in order."""
        return list(dict.fromkeys(e.value for e in self.meaning.entities if e.entity == entity))

    def value(self, entity: str) -> str | None:
        values = self.values(entity)
        return values[0] if len(values) == 1 else None

    def finish(self, text: str, *, link: str = "") -> Reply:
        """Say the last word on what was being filled in and forget its form."""
        self.memory.pop("form", None)
        return Reply(text, link=link)
