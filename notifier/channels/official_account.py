"""To a resident: a customer-service message while the window is open, else a template message."""

from typing import Protocol

from config.channels import OfficialAccountLimits, Template
from notifier.clipping import clip_bytes, clip_line
from notifier.errors import ChannelError
from notifier.shipments import Receipt, Shipment

LINK_WORDS = "查看详情"


class Client(Protocol):
    def send_text(self, openid: str, text: str) -> str: ...

    def send_template(
        self, openid: str, template_id: str, url: str, data: dict[str, str], client_msg_id: str
    ) -> str: ...


class OfficialAccount:
    """Payload: `text`, `link`; for outside the window `template` (a row of channels.toml), `values`."""

    def __init__(self, client: Client, limits: OfficialAccountLimits) -> None:
        self._client = client
        self._limits = limits

    def send(self, shipment: Shipment) -> Receipt:
        if not shipment.as_customer_service:
            return self._send_template(shipment, window_closed=False)
        try:
            msgid = self._client.send_text(shipment.target, self._text(shipment))
        except ChannelError as error:
            if not error.window_closed:
                raise
            return self._send_template(shipment, window_closed=True)
        return Receipt("customer_service", msgid)

    def _text(self, shipment: Shipment) -> str:
        link = shipment.payload.get("link")
        ending = f'\n<a href="{link}">{LINK_WORDS}</a>' if link else ""
        room = self._limits.text_bytes - len(ending.encode())
        return clip_bytes(shipment.payload["text"], room) + ending

    def _send_template(self, shipment: Shipment, *, window_closed: bool) -> Receipt:
        """The final result comes later, as the event TEMPLATESENDJOBFINISH."""
        template = self._template(shipment)
        values = shipment.payload.get("values", {})
        width = self._limits.template_field_characters
        data = {
            field: clip_line(str(values.get(name, "")), width)
            for field, name in template.fields.items()
        }
        # The platform sends the same openid and client_msg_id once within ten minutes.
        msgid = self._client.send_template(
            shipment.target,
            template.template_id,
            shipment.payload.get("link", ""),
            data,
            f"gridbot-{shipment.id}",
        )
        return Receipt("template", msgid, is_delivered=False, window_closed=window_closed)

    def _template(self, shipment: Shipment) -> Template:
        name = shipment.payload.get("template", "")
        template = self._limits.templates.get(name)
        if template is None:
            reason = f"channels.toml has no template {name!r}" if name else "it has no template"
            raise ChannelError(
                f"outside the customer-service window, and {reason}",
                permanent=True,
                window_closed=True,
            )
        return template
