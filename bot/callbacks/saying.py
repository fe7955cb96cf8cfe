"""Write a Reply as the passive answer of the Official Account or the WeCom application."""

import json
import secrets
from datetime import datetime
from typing import Any

from flask import Response

from bot.callbacks.doors import SUCCESS, Push, plain_text
from bot.platforms import cards, xml
from bot.platforms.envelope import Envelope
from bot.platforms.texts import split_reply
from bot.platforms.xml import Fields
from handlers.dialogue.turn import Inbound, Reply

CARD_EVENT = "template_card_event"


def passive(
    envelope: Envelope, push: Push, inbound: Inbound, now: datetime, reply: Reply
) -> Response:
    """The answer to a push: one message, sealed with the key that the push came under."""
    content = _card_update(inbound, reply) or _message(reply) or _text(reply)
    if content is None:
        return plain_text(SUCCESS)
    fields = {
        "ToUserName": inbound.user_id,
        "FromUserName": inbound.facts.get("to", ""),
        "CreateTime": int(now.timestamp()),
        **content,
    }
    if push.key:
        fields = _sealed(envelope, push, _written(fields, push), now)
    mime = "application/json" if push.is_json else "application/xml"
    return Response(_written(fields, push), mimetype=mime)


def _text(reply: Reply) -> Fields | None:
    """The first part that fits; whoever wrote a longer reply has put the rest into the outbox."""
    parts = split_reply(xml.clean(reply.render()))
    return {"MsgType": "text", "Content": parts[0]} if parts else None


def _card_update(inbound: Inbound, reply: Reply) -> Fields | None:
    """Change the card that was pressed: its button's words, or the whole of it."""
    if inbound.event != CARD_EVENT or reply.card is None:
        return None
    done = str(reply.card.get("done", ""))
    if not (reply.card.get("title") or reply.card.get("card_type")):
        return {"MsgType": "update_button", "Button": {"ReplaceName": done}} if done else None
    card = cards.build(reply.card, inbound.facts.get("task_id", ""))
    if card is None:
        return None
    shown = {**card, "replace_text": done} if done else card
    return {"MsgType": "update_template_card", "TemplateCard": cards.as_xml(shown)}


def _message(reply: Reply) -> Fields | None:
    """A message of another type: `{"msgtype": "image", "media_id": …}` or one `news` article."""
    card = reply.card or {}
    match card.get("msgtype"):
        case "image" | "voice" as kind:
            return {"MsgType": kind, kind.capitalize(): {"MediaId": str(card["media_id"])}}
        case "news":
            names = {"title": "Title", "description": "Description", "picurl": "PicUrl"}
            article: dict[str, Any] = {names[name]: str(card.get(name, "")) for name in names}
            article["Url"] = str(card.get("url", ""))
            return {"MsgType": "news", "ArticleCount": 1, "Articles": {"item": article}}
        case _:
            return None


def _sealed(envelope: Envelope, push: Push, message: str, now: datetime) -> Fields:
    stamp, nonce = str(int(now.timestamp())), secrets.token_hex(8)
    sealed = envelope.seal(message.encode(), push.key)
    return {
        "Encrypt": sealed,
        "MsgSignature": envelope.sign(stamp, nonce, sealed),
        "TimeStamp": int(stamp),
        "Nonce": nonce,
    }


def _written(fields: Fields, push: Push) -> str:
    """In the form the push had: an account set to JSON reads JSON."""
    return json.dumps(fields, ensure_ascii=False) if push.is_json else xml.write(fields)
