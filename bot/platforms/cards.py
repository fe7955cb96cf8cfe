"""Template cards of WeCom, made from what a notification has to say.

A neutral card is `{title, desc, rows: [[key, value]], buttons: [[text, key]], url, ticket}`, and
`done`: the words that replace its buttons. A dict with `card_type` is already the platform's.
"""

import hashlib
import re
from typing import Any

from bot.platforms.texts import cut, cut_bytes

Card = dict[str, Any]

# Lengths in characters and counts of 发送应用消息·模板卡片; longer texts are cut by clients.
TITLE, DESC, SUBTITLE, KEYNAME, VALUE, BUTTON = 36, 44, 160, 5, 30, 10
ROWS, BUTTONS = 6, 6
KEY_BYTES, URL_BYTES, TASK_ID_BYTES = 1024, 2048, 128
CALLBACK, JUMP = 0, 1
PLAIN, PRIMARY = 4, 1
TASK_ID = re.compile(r"[^0-9A-Za-z_\-@]")


def build(card: Card, task_id: str) -> Card | None:
    """The platform's card, every limit kept; None where it can be no card, only words.

    With buttons it is a `button_interaction`, else a `text_notice`, which must lead to a page.
    """
    if "card_type" in card:
        return {**card, "task_id": card.get("task_id") or clean_task_id(task_id)}
    buttons = _buttons(card)
    url = _url(card)
    if not buttons and not url:
        return None
    built: Card = {
        "card_type": "button_interaction" if buttons else "text_notice",
        "main_title": {"title": cut(str(card.get("title") or ""), TITLE) or "通知", **_desc(card)},
        "task_id": clean_task_id(task_id),
        "horizontal_content_list": _rows(card),
    }
    if subtitle := _subtitle(card):
        built["sub_title_text"] = subtitle
    if url:
        built["card_action"] = {"type": JUMP, "url": url}
    if buttons:
        built["button_list"] = buttons
    return built


def clean_task_id(task_id: str) -> str:
    """The same id where the platform takes it, else one as unique: `[0-9A-Za-z_-@]`, 128 bytes."""
    cleaned = TASK_ID.sub("-", task_id)
    if cleaned == task_id and 0 < len(task_id) <= TASK_ID_BYTES:
        return task_id
    digest = hashlib.sha256(task_id.encode()).hexdigest()[:16]
    return f"{cleaned[: TASK_ID_BYTES - 17]}-{digest}"


def words(card: Card) -> str:
    """The card as a text, for where cards are not shown."""
    lines = [str(card.get("title", "")), str(card.get("desc", ""))]
    lines += [f"{row[0]}：{row[1]}" for row in card.get("rows", [])]
    lines.append(str(card.get("url", "")))
    return "\n".join(line for line in lines if line)


def as_xml(card: Card) -> Card:
    """The same card under the names a passive reply has: `main_title` is `MainTitle` there."""
    return {_camel(name): _xml_value(value) for name, value in card.items() if value != []}


def _xml_value(value: Any) -> Any:
    if isinstance(value, dict):
        return as_xml(value)
    if isinstance(value, list):
        return [_xml_value(item) for item in value]
    return value


def _camel(name: str) -> str:
    if name == "keyname":
        return "KeyName"
    return "".join(piece.capitalize() for piece in name.split("_"))


def _url(card: Card) -> str:
    url = str(card.get("url") or "")
    return url if len(url.encode()) <= URL_BYTES else ""


def _desc(card: Card) -> Card:
    desc = str(card.get("desc") or "")
    return {"desc": desc} if 0 < len(desc) <= DESC and "\n" not in desc else {}


def _subtitle(card: Card) -> str:
    """A description too long for its place stands below the title instead."""
    desc = str(card.get("desc") or "").strip()
    if _desc(card) or not desc:
        return ""
    return desc if len(desc) <= SUBTITLE else desc[: SUBTITLE - 1] + "…"


def _rows(card: Card) -> list[Card]:
    rows = [(str(row[0]), str(row[1])) for row in card.get("rows") or [] if len(row) > 1]
    return [
        {"keyname": cut(key, KEYNAME), "value": cut(value, VALUE)}
        for key, value in rows
        if key.strip() and value.strip()
    ][:ROWS]


def _buttons(card: Card) -> list[Card]:
    """Buttons call back with their key; one whose key is an address opens it."""
    pairs = [(str(text).strip(), str(key)) for text, key in card.get("buttons") or []]
    pairs = [(text, key) for text, key in pairs if text and key]
    buttons = []
    for place, (text, key) in enumerate(pairs[:BUTTONS]):
        button: Card = {"text": cut(text, BUTTON), "style": PLAIN if place else PRIMARY}
        if key.startswith(("http://", "https://")):
            button |= {"type": JUMP, "url": key}
        else:
            button |= {"type": CALLBACK, "key": cut_bytes(key, KEY_BYTES)}
        buttons.append(button)
    return buttons
