"""Template cards that were sent: their rules, their response codes, what has become of them."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.parts.clock import HOUR
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.phones import Bubble

CODE_LIFETIME = 72 * HOUR
TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
INTERACTIVE = {"button_interaction", "vote_interaction", "multiple_interaction"}
NOTICES = {"text_notice", "news_notice"}
REQUIRED = {
    "text_notice": ("card_action",),
    "news_notice": ("main_title", "card_action"),
    "button_interaction": ("main_title", "button_list", "task_id"),
    "vote_interaction": ("main_title", "checkbox", "submit_button", "task_id"),
    "multiple_interaction": ("main_title", "select_list", "submit_button", "task_id"),
}
COUNTS = {
    "horizontal_content_list": 6,
    "jump_list": 3,
    "vertical_content_list": 4,
    "button_list": 6,
    "select_list": 3,
}
KEY_BYTES = 1024
OPTION_BYTES = 128
MENU_ACTIONS = 3
CHECKBOX_OPTIONS = 20
SELECT_OPTIONS = 10


def _invalid(text: str) -> Refusal:
    return Refusal(40058, f"invalid Request Parameter, {text}")


def _check_counts(card: dict[str, Any]) -> None:
    for name, most in COUNTS.items():
        items = card.get(name, [])
        if not isinstance(items, list) or len(items) > most:
            raise _invalid(f"{name} has more than {most} items")
    menu = card.get("action_menu")
    if menu and not 1 <= len(menu.get("action_list", [])) <= MENU_ACTIONS:
        raise _invalid("action_menu.action_list needs 1 to 3 items")
    if len(card.get("checkbox", {}).get("option_list", [])) > CHECKBOX_OPTIONS:
        raise _invalid("checkbox has more than 20 options")
    for select in card.get("select_list", []):
        if len(select.get("option_list", [])) > SELECT_OPTIONS:
            raise _invalid("select_list has more than 10 options")


def _check_keys(card: dict[str, Any]) -> None:
    for button in card.get("button_list", []):
        if not button.get("text"):
            raise _invalid("button without text")
        if button.get("type", 0) == 0 and not button.get("key"):
            raise _invalid("button without key")
        if len(str(button.get("key", "")).encode()) > KEY_BYTES:
            raise _invalid("button key longer than 1024 bytes")
    for option in card.get("checkbox", {}).get("option_list", []):
        if not option.get("id") or len(str(option["id"]).encode()) > OPTION_BYTES:
            raise _invalid("option id missing or longer than 128 bytes")


def _check_action(card: dict[str, Any]) -> None:
    action = card.get("card_action", {})
    if card["card_type"] in NOTICES and action.get("type") not in {1, 2}:
        raise _invalid("card_action.type must be 1 or 2")
    if action.get("type") == 1 and not action.get("url"):
        raise _invalid("card_action without url")
    if card["card_type"] == "news_notice" and not (
        card.get("card_image") or card.get("image_text_area")
    ):
        raise _invalid("news_notice needs card_image or image_text_area")


def check_card(card: Any, allowed: set[str] | None = None) -> None:
    """Refuse what the platform refuses; lengths in 字 are display hints there, not errors."""
    if not isinstance(card, dict) or card.get("card_type") not in (allowed or set(REQUIRED)):
        raise _invalid("card_type")
    for name in REQUIRED[card["card_type"]]:
        if not card.get(name):
            raise _invalid(f"{name} missing")
    if not (card.get("main_title", {}).get("title") or card.get("sub_title_text")):
        raise _invalid("main_title.title and sub_title_text both missing")
    task_id = card.get("task_id", "")
    if card.get("action_menu") and not task_id:
        raise _invalid("task_id missing")
    if task_id and not TASK_ID.fullmatch(task_id):
        raise _invalid("task_id")
    _check_counts(card)
    _check_keys(card)
    _check_action(card)


@dataclass(slots=True)
class SentCard:
    """`bubbles` maps each reader to the bubble on that phone."""

    card: dict[str, Any]
    bubbles: dict[str, Bubble] = field(default_factory=dict)


@dataclass(slots=True)
class ResponseCode:
    card: SentCard
    until: float


class Cards:
    def __init__(self) -> None:
        self._by_task: dict[str, SentCard] = {}
        self._codes: dict[str, ResponseCode] = {}

    def add(self, card: dict[str, Any]) -> SentCard:
        sent = SentCard(card)
        if task_id := card.get("task_id"):
            if task_id in self._by_task:
                raise _invalid("task_id is already used by this application")
            self._by_task[task_id] = sent
        return sent

    def find(self, task_id: str) -> SentCard | None:
        return self._by_task.get(task_id)

    def code_for(self, sent: SentCard, now: float) -> str:
        code = secrets.token_urlsafe(24)
        self._codes[code] = ResponseCode(sent, now + CODE_LIFETIME)
        return code

    def redeem(self, code: str, now: float) -> SentCard:
        """Give the card of a code, once and within 72 hours."""
        found = self._codes.pop(code, None)
        if found is None or now > found.until:
            raise _invalid("response_code is invalid, used or expired")
        return found.card


def may_update(card: dict[str, Any]) -> bool:
    return card["card_type"] in INTERACTIVE or bool(card.get("action_menu"))


def replace(
    sent: SentCard, changes: dict[str, Any], touch: Callable[[Bubble], None], to: set[str] | None
) -> list[str]:
    """Put new words on the button, or a new card in the old one's place; return who sees it."""
    changed = []
    for reader, bubble in sent.bubbles.items():
        if to is not None and reader not in to:
            continue
        card = changes.get("template_card") or bubble.data["card"]
        word = changes.get("replace_name") or card.get("replace_text") or ""
        bubble.data = {**bubble.data, "card": card, "replaced": word}
        touch(bubble)
        changed.append(reader)
    return changed
