"""A member's passive reply, and the template card that it may bring as XML."""

import re
from typing import Any

import httpx

from bot.simulator import xml
from bot.simulator.courier import Attempt
from bot.simulator.crypto import EnvelopeError
from bot.simulator.parts.world import World

LISTS = {
    "horizontal_content_list", "vertical_content_list", "jump_list", "button_list",
    "select_list", "option_list", "action_list",
}  # fmt: skip
NUMBERS = {"type", "style", "mode", "desc_color"}
HUMP = re.compile(r"(?<!^)(?=[A-Z])")


def read_reply(sim: World, attempt: Attempt) -> dict[str, Any] | None:
    """Open a passive reply; an unreadable one is dropped without a word, unlike at WeChat."""
    if attempt.status != httpx.codes.OK or attempt.body in {"", "success"}:
        return None
    try:
        outer = xml.read(attempt.body)
        encrypted = str(outer.get("Encrypt", ""))
        given, timestamp, nonce = (
            str(outer.get(name, "")) for name in ("MsgSignature", "TimeStamp", "Nonce")
        )
        sim.wecom_envelope.check(given, timestamp, nonce, encrypted)
        return xml.read(sim.wecom_envelope.open(encrypted))
    except (xml.UnreadableError, EnvelopeError):
        return None


def card_changes(reply: dict[str, Any]) -> dict[str, Any]:
    """Say what a reply does to the pressed card: a word on its button, or a card in its place."""
    for name in ("Button", "TaskCard"):
        if word := (reply.get(name) or {}).get("ReplaceName"):
            return {"replace_name": str(word)}
    if part := reply.get("TemplateCard"):
        return {"template_card": _card(part)}
    return {}


def _card(value: Any) -> Any:
    """Turn `MainTitle` back into `main_title`, and repeated elements into lists."""
    if not isinstance(value, dict):
        return value or ""
    card: dict[str, Any] = {}
    for name, part in value.items():
        key = "keyname" if name == "KeyName" else HUMP.sub("_", name).lower()
        if key in LISTS:
            parts = part if isinstance(part, list) else [part]
            card[key] = [_card(item) for item in parts]
        elif key in NUMBERS and str(part).isdigit():
            card[key] = int(part)
        else:
            card[key] = _card(part)
    return card
