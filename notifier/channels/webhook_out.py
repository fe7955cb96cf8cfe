"""To other systems: a signed POST to the address they gave us."""

import hmac
import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import httpx

from notifier.errors import ChannelError
from notifier.shipments import Receipt, Shipment

TRY_AGAIN = {408, 425, 429}
LONGEST_WAIT = 3600


class WebhookOut:
    """Payload: the JSON body.

    Receivers check `X-Gridbot-Signature`, an HMAC-SHA256 over the timestamp, a full stop and the
    body, with a secret of their own; `X-Gridbot-Id` stays the same over all tries. `secret_key` is
    the installation's.
    """

    def __init__(self, http: httpx.Client, secret_key: str, now: Callable[[], datetime]) -> None:
        self._http = http
        self._secret_key = secret_key
        self._now = now

    def send(self, shipment: Shipment) -> Receipt:
        body = json.dumps(shipment.payload, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            answer = self._http.post(
                shipment.target, content=body, headers=self._headers(shipment, body)
            )
        except httpx.InvalidURL as error:
            raise ChannelError(f"not an address: {error}", permanent=True) from error
        except httpx.HTTPError as error:
            raise ChannelError(f"no answer: {type(error).__name__}", permanent=False) from error
        if answer.is_success:
            return Receipt("http")
        again = (
            answer.status_code in TRY_AGAIN
            or answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
        )
        raise ChannelError(
            f"HTTP {answer.status_code}",
            permanent=not again,
            code=answer.status_code,
            retry_after=_seconds(answer.headers.get("retry-after", "")),
        )

    def _headers(self, shipment: Shipment, body: bytes) -> dict[str, str]:
        secret = secret_for(self._secret_key, shipment.target).encode()
        return {
            "Content-Type": "application/json; charset=utf-8",
            "X-Gridbot-Id": str(shipment.id),
            "X-Gridbot-Event": shipment.kind,
            "X-Gridbot-Signature": signature(secret, int(self._now().timestamp()), body),
        }


def secret_for(secret_key: str, url: str) -> str:
    """The secret shared with one address; another address cannot be told from it."""
    return hmac.new(secret_key.encode(), f"webhook:{url}".encode(), sha256).hexdigest()


def signature(secret: bytes, timestamp: int, body: bytes) -> str:
    """`t=…,v1=…`: what a receiver computes to know that we sent this, and when."""
    mac = hmac.new(secret, f"{timestamp}.".encode() + body, sha256).hexdigest()
    return f"t={timestamp},v1={mac}"


def _seconds(retry_after: str) -> int | None:
    return min(int(retry_after), LONGEST_WAIT) if retry_after.isdigit() else None
