"""Write a Reply as the group bot's passive answer: a finished stream, a greeting, a new card."""

import json
from datetime import datetime
from typing import Any

from flask import Response

from bot.callbacks.aibot_reading import STREAM
from bot.callbacks.doors import plain_text
from bot.platforms import cards, xml
from bot.platforms.envelope import Envelope
from bot.platforms.texts import cut_bytes
from handlers.dialogue.turn import Inbound, InboundKind, Reply

CONTENT_BYTES = 20480
GREETED = "enter_chat"
PRESSED = "template_card_event"


def passive(
    envelope: Envelope, key: str, nonce: str, inbound: Inbound, now: datetime, reply: Reply
) -> Response:
    """The answer under the key and the nonce of the push; an empty body where there is none."""
    content = _content(inbound, reply)
    if content is None:
        return plain_text("")
    stamp = int(now.timestamp())
    sealed = envelope.seal(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"), key)
    outer = {
        "encrypt": sealed,
        "msgsignature": envelope.sign(str(stamp), nonce, sealed),
        "timestamp": stamp,
        "nonce": nonce,
    }
    return Response(json.dumps(outer), mimetype="application/json")


def _content(inbound: Inbound, reply: Reply) -> dict[str, Any] | None:
    """Which shape an inbound takes; an event other than these takes an empty body only."""
    text = cut_bytes(xml.clean(reply.render()), CONTENT_BYTES)
    if inbound.event == PRESSED:
        return _changed_card(inbound, reply)
    if inbound.event == GREETED:
        return {"msgtype": "text", "text": {"content": text}} if text else None
    if not text or (inbound.kind == InboundKind.EVENT and inbound.event != STREAM):
        return None
    # The whole answer at once: the stream is finished, and a poll that comes all the same finds
    # the message by this id and gets the same words.
    own = inbound.facts["message_id"]
    return {"msgtype": "stream", "stream": {"id": own, "finish": True, "content": text}}


def _changed_card(inbound: Inbound, reply: Reply) -> dict[str, Any] | None:
    card = cards.build(reply.card, inbound.facts.get("task_id", "")) if reply.card else None
    if card is None:
        return None
    return {
        "response_type": "update_template_card",
        "userids": [inbound.user_id],
        "template_card": card,
    }
