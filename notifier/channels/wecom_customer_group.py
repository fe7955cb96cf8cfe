"""To residents' groups, through their owner: WeCom makes a task that the owner must confirm."""

from collections.abc import Sequence
from typing import Protocol

from notifier import gathering
from notifier.clipping import clip_bytes
from notifier.errors import ChannelError
from notifier.models import OutboxState
from notifier.shipments import Receipt, Shipment


class Client(Protocol):
    def create_group_message(self, owner: str, chat_ids: list[str], text: str) -> str: ...


class WeComCustomerGroup:
    """Payload: `text`, `owner` (the userid who confirms), `may_wait` (see notifier/gathering.py).

    An owner with the same words for several groups confirms them once.
    """

    def __init__(self, client: Client, text_bytes: int) -> None:
        self._client = client
        self._text_bytes = text_bytes

    def parcels(self, shipments: Sequence[Shipment]) -> list[list[Shipment]]:
        """One for each owner and words; a group's posts that can wait are one bundle of words."""
        found: dict[tuple[str, str], list[Shipment]] = {}
        for bundle in gathering.bundles(shipments, self._text_bytes):
            key = (str(bundle[0].payload.get("owner")), gathering.text_of(bundle))
            found.setdefault(key, []).extend(bundle)
        return list(found.values())

    def send(self, shipment: Shipment) -> Receipt:
        return self.send_together([shipment])

    def send_together(self, shipments: Sequence[Shipment]) -> Receipt:
        mine = [shipment for shipment in shipments if shipment.target == shipments[0].target]
        owner = mine[0].payload.get("owner")
        if not owner:
            raise ChannelError("the group has no owner who could confirm", permanent=True)
        msgid = self._client.create_group_message(
            owner,
            list(dict.fromkeys(shipment.target for shipment in shipments)),
            clip_bytes(gathering.text_of(mine), self._text_bytes),
        )
        return Receipt(
            "customer_group", msgid, state=OutboxState.AWAITING_OWNER, is_delivered=False
        )
