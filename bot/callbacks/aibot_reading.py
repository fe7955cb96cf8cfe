"""Read a JSON push of the group bot into an Inbound."""

import re
from datetime import datetime
from typing import Any

from bot.callbacks.reading import sent_at, short_key
from bot.platforms.xml import Fields, UnreadableError, items, part, word
from handlers.dialogue.turn import Door, Inbound, InboundKind

KINDS = {
    "text": InboundKind.TEXT,
    "mixed": InboundKind.TEXT,
    "voice": InboundKind.VOICE,
    "image": InboundKind.IMAGE,
    "video": InboundKind.VIDEO,
    "event": InboundKind.EVENT,
    "stream": InboundKind.EVENT,
}
STREAM = "stream"
# In a group the text holds the bot's name: 「@用电小助手 锦绣花园停电了吗」; an older client puts a
# four-per-em space after it.
MENTION = re.compile(r"\A\s*@\S+(?:[\s\u2005]+|\Z)|[\s\u2005]+@\S+\s*\Z")


def read(fields: Fields, now: datetime) -> Inbound:
    """One message or event; a poll of a stream has the key of the message it belongs to."""
    kind = word(fields, "msgtype").lower()
    message_id = word(fields, "msgid")
    userid = word(part(fields, "from"), "userid")
    is_poll = kind == STREAM
    own = word(part(fields, STREAM), "id") if is_poll else message_id
    if not kind or not own:
        raise UnreadableError("no msgtype or no msgid")
    event = part(fields, "event")
    name = STREAM if is_poll else word(event, "eventtype")
    details = part(event, name)
    is_group = word(fields, "chattype") == "group"
    said = _said(fields, kind)
    return Inbound(
        door=Door.AIBOT,
        user_id=userid or "sys",
        key=short_key("aibot", own),
        kind=KINDS.get(kind, InboundKind.UNKNOWN),
        at=sent_at(word(fields, "create_time"), now),
        text=MENTION.sub("", said).strip() if is_group else said.strip(),
        event=name.lower() if kind in {"event", STREAM} else "",
        event_key=word(details, "event_key"),
        chat_id=word(fields, "chatid"),
        quoted_text=_said(part(fields, "quote"), word(part(fields, "quote"), "msgtype")).strip(),
        facts=_facts(fields, kind, own, details),
    )


def _said(message: Fields, kind: str) -> str:
    """The words of a text, of a voice (already transcribed), or of a text mixed with pictures."""
    if kind == "mixed":
        pieces = [piece for piece in _mixed(message) if word(piece, "msgtype") == "text"]
        return "\n".join(word(part(piece, "text"), "content") for piece in pieces)
    return word(part(message, kind), "content") if kind in {"text", "voice"} else ""


def _mixed(message: Fields) -> list[Fields]:
    found = items(part(message, "mixed"), "msg_item")
    return [piece for piece in found if isinstance(piece, dict)]


def _facts(fields: Fields, kind: str, own: str, details: Fields) -> dict[str, Any]:
    """Addresses of files are told, but fetched from hosts on the configured list only."""
    pieces = _mixed(fields) if kind == "mixed" else [fields]
    urls = [
        word(part(piece, name), "url") for piece in pieces for name in ("image", "file", "video")
    ]
    facts: dict[str, Any] = {
        "message_type": kind,
        "message_id": own,
        "aibot_id": word(fields, "aibotid"),
        "chat_type": word(fields, "chattype"),
        "response_url": word(fields, "response_url"),
        "files": [url for url in urls if url],
    }
    facts |= {
        name: word(details, name) for name in ("task_id", "card_type", "content", "id", "type")
    }
    facts["selected"] = {
        word(item, "question_key"): [
            str(option) for option in items(part(item, "option_ids"), "option_id")
        ]
        for item in items(part(details, "selected_items"), "selected_item")
        if isinstance(item, dict)
    }
    return {name: value for name, value in facts.items() if value}
