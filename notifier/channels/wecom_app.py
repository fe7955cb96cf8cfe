"""To a member of staff, from the WeCom application: a card with buttons, or a text."""

from typing import Any, Protocol

from notifier.clipping import clip_bytes
from notifier.errors import ChannelError
from notifier.shipments import NewCard, Receipt, Shipment

INVALID_PARAMETER = 40058  # 全局错误码


class Client(Protocol):
    def send_text(self, userid: str, text: str) -> str: ...

    def send_card(self, userid: str, card: dict[str, Any], task_id: str) -> tuple[str, str]: ...


class WeComApp:
    """Payload: `card`, or `text`. The card's reference lets it be updated once within 72 hours."""

    def __init__(self, client: Client, text_bytes: int) -> None:
        self._client = client
        self._text_bytes = text_bytes

    def send(self, shipment: Shipment) -> Receipt:
        card = shipment.payload.get("card")
        if not card:
            text = clip_bytes(shipment.payload["text"], self._text_bytes)
            return Receipt("text", self._client.send_text(shipment.target, text))
        task_id = f"{shipment.ticket_number or 'card'}-{shipment.id}"
        try:
            msgid, response_code = self._client.send_card(shipment.target, card, task_id)
        except ChannelError as error:
            if _was_taken_before(error, shipment):
                return Receipt("card")
            raise
        if not response_code:
            return Receipt("card", msgid)
        new_card = NewCard(task_id, shipment.target, response_code, msgid)
        return Receipt("card", msgid, new_card=new_card)


def _was_taken_before(error: ChannelError, shipment: Shipment) -> bool:
    """A task_id is taken once: an earlier try arrived, though its answer did not."""
    return shipment.attempt > 1 and error.code == INVALID_PARAMETER and "task_id" in str(error)
