"""What a channel is given to send, and what it hands back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from notifier.errors import ChannelError
from notifier.models import Channel, OutboxState


@dataclass(frozen=True, slots=True)
class OpenCard:
    """A sent card that may still be updated, once."""

    id: int
    userid: str
    response_code: str


@dataclass(frozen=True, slots=True)
class NewCard:
    """A card that was just sent."""

    task_id: str
    userid: str
    response_code: str
    msgid: str


@dataclass(frozen=True, slots=True)
class Shipment:
    """One outbox message as its channel sees it.

    `window_open`: a customer-service message of the resident's window was set aside for it.
    `cards`: the cards that a card update is about.
    """

    id: int
    channel: Channel
    target: str
    kind: str
    payload: dict[str, Any]
    attempt: int = 1
    ticket_number: str | None = None
    window_open: bool = False
    cards: tuple[OpenCard, ...] = ()

    @property
    def as_customer_service(self) -> bool:
        """Whether the Official Account tries it as words in the open window, not as a template."""
        return self.window_open and bool(self.payload.get("text"))


@dataclass(frozen=True, slots=True)
class Receipt:
    """A platform took the message. `trouble`: but not all of it; the rest is tried again."""

    route: str
    platform_id: str = ""
    state: OutboxState = OutboxState.SENT
    is_delivered: bool = True
    window_closed: bool = False
    new_card: NewCard | None = None
    used_cards: tuple[int, ...] = field(default=())
    trouble: ChannelError | None = None


class ChannelSender(Protocol):
    """Sends one message; raises ChannelError. Knows no retry, no log, no database."""

    def send(self, shipment: Shipment) -> Receipt: ...


@runtime_checkable
class JointSender(Protocol):
    """A channel that sends several messages in one call: a parcel."""

    def parcels(self, shipments: Sequence[Shipment]) -> list[list[Shipment]]: ...

    def send_together(self, shipments: Sequence[Shipment]) -> Receipt: ...
