"""To residents' groups, through their owner: WeCom makes a task that the owner must confirm."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Protocol

from notifier.clipping import clip_bytes
from notifier.errors import ChannelError
from notifier.models import OutboxState
from notifier.shipments import Receipt, Shipment


class Client(Protocol):
    def create_group_message(self, owner: str, chat_ids: list[str], text: str) -> str: ...


class WeComCustomerGroup:
    """Payload: `text`, `owner` (the userid who confirms).

    An owner with the same text for several groups confirms it once.
    """

    def __init__(self, client: Client, text_bytes: int) -> None:
        self._client = client
        self._text_bytes = text_bytes

    def joint_key(self, shipment: Shipment) -> str:
        payload = shipment.payload
        return sha256(f"{payload.get('owner')}\0{payload['text']}".encode()).hexdigest()

    def send(self, shipment: Shipment) -> Receipt:
        return self.send_together([shipment])

    def send_together(self, shipments: Sequence[Shipment]) -> Receipt:
        payload = shipments[0].payload
        owner = payload.get("owner")
        if not owner:
            raise ChannelError("the group has no owner who could confirm", permanent=True)
        msgid = self._client.create_group_message(
            owner,
            [shipment.target for shipment in shipments],
            clip_bytes(payload["text"], self._text_bytes),
        )
        return Receipt(
            "customer_group", msgid, state=OutboxState.AWAITING_OWNER, is_delivered=False
        )
