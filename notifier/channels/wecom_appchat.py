"""To an internal group that the application made."""

from typing import Protocol

from notifier.clipping import clip_bytes
from notifier.shipments import Receipt, Shipment


class Client(Protocol):
    def send_appchat(self, chatid: str, text: str) -> str: ...


class WeComAppchat:
    """Payload: `text`."""

    def __init__(self, client: Client, text_bytes: int) -> None:
        self._client = client
        self._text_bytes = text_bytes

    def send(self, shipment: Shipment) -> Receipt:
        text = clip_bytes(shipment.payload["text"], self._text_bytes)
        return Receipt("appchat", self._client.send_appchat(shipment.target, text) or "")
