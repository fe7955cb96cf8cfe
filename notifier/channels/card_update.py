"""Let the sent cards of a ticket show what was done; each may be updated once."""

from typing import Protocol

from notifier.errors import ChannelError
from notifier.models import OutboxState
from notifier.shipments import Receipt, Shipment


class Client(Protocol):
    def update_card(self, userids: list[str], response_code: str, done_text: str) -> None: ...


class CardUpdate:
    """Payload: `done`, the words on the pressed button."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def send(self, shipment: Shipment) -> Receipt:
        if not shipment.cards:
            return Receipt("no_card", state=OutboxState.SKIPPED, is_delivered=False)
        used: list[int] = []
        trouble: ChannelError | None = None
        for card in shipment.cards:
            try:
                self._client.update_card(
                    [card.userid], card.response_code, shipment.payload["done"]
                )
            except ChannelError as error:
                if not error.permanent:
                    trouble = error
                    continue
            used.append(card.id)  # refused for good: its code was used or has expired
        return Receipt("card_update", used_cards=tuple(used), trouble=trouble)
