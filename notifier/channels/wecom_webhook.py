"""To an internal group, through the key of its webhook robot."""

from typing import Protocol

from notifier.clipping import clip_bytes
from notifier.shipments import Receipt, Shipment


class Client(Protocol):
    def send_webhook(self, key: str, text: str) -> None: ...


class WeComWebhook:
    """Payload: `text`."""

    def __init__(self, client: Client, text_bytes: int) -> None:
        self._client = client
        self._text_bytes = text_bytes

    def send(self, shipment: Shipment) -> Receipt:
        text = clip_bytes(shipment.payload["text"], self._text_bytes)
        self._client.send_webhook(shipment.target, text)
        return Receipt("webhook")
