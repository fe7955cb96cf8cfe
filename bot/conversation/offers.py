"""Meanings offered as a numbered choice, and what was picked among them."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from handlers.dialogue.answers import bare, is_no, is_yes, pick
from handlers.dialogue.form import LABELS
from handlers.dialogue.turn import Choice, Reply
from handlers.routes import INTENT_WORDS
from nlu.calibration import Thresholds
from nlu.understanding import Entity, Request, Understanding

MOST = 3
OUT_OF_SCOPE = "out_of_scope"
ASK_MEANING = "您是想办下面哪一件？回复数字就行："
WITHDRAW = "刚才登记的 {number} 要撤掉吗？"
NONE_OF_THESE = "都不是"
SAY_AGAIN = "麻烦您换个说法，说说在哪里、出了什么事。要找人请回复「人工」。"
WHAT_THERE = "{place}，请问出了什么事？可以直接说，也可以回复数字："
WHAT_WITH_IT = "户号收到了。要办哪一件？回复数字就行："
WHAT_WITH_PHONE = "电话收到了。要办哪一件？回复数字就行："
AT_A_PLACE = ("report_outage", "query_outage", "report_fault")
WITH_AN_ACCOUNT = ("query_bill", "bind_account", "report_outage")
FOR_A_CALLER = ("report_outage", "query_bill", "human_agent")
ROOM = 2  # characters beside a place's name and its building that say nothing
FEW = 25  # characters of a message that tells a place and no wish
PLACE = frozenset({"community", "address"})
PHONE = re.compile(r"1[3-9]\d{9}")
ACCOUNT = re.compile(r"(?:户号)?(\d{10}|\d{13})")


def of_meanings(understanding: Understanding, limits: Thresholds) -> list[Request]:
    """The likely meanings of an unsure text; empty where none is likely enough to offer."""
    best = understanding.ranking[0] if understanding.ranking else None
    if best is None or best.intent == OUT_OF_SCOPE:
        return []
    likely = [
        rank.intent
        for rank in understanding.ranking
        if rank.intent in INTENT_WORDS and rank.score >= limits.handover
    ]
    return _requests(understanding, likely[:MOST])


def of_a_bare_thing(understanding: Understanding, told: str) -> tuple[str, list[Request]] | None:
    """A place, a phone or an account number and little else: the question, and what people want with it.

    `told` is the place as far as it was said.
    """
    words = bare(understanding.text)
    is_short = understanding.intent == OUT_OF_SCOPE and len(words) <= FEW
    if is_place_alone(understanding) or (told and is_short):
        return WHAT_THERE.format(place=told), _requests(understanding, AT_A_PLACE)
    if PHONE.fullmatch(words):
        return WHAT_WITH_PHONE, _requests(understanding, FOR_A_CALLER)
    if number := ACCOUNT.fullmatch(words):
        named = (Entity("account_number", number[1], 0, len(understanding.text)),)
        requests = [Request(i, 1.0, understanding.text, named) for i in WITH_AN_ACCOUNT]
        return WHAT_WITH_IT, requests
    return None


def is_place_alone(understanding: Understanding) -> bool:
    """Whether a message says one place and nothing else."""
    is_one = understanding.value("community") is not None
    return is_one and len(bare(_without(understanding, PLACE))) <= ROOM


def is_phone_alone(understanding: Understanding) -> bool:
    """Whether a message says a phone number and nothing else: 「我的电话是138…」."""
    rest = _without(understanding, {"phone"})
    return rest != understanding.text and not bare(LABELS.sub("", rest))


def offer(memory: dict[str, Any], requests: Sequence[Request], question: str) -> Reply:
    """Ask which is meant, and remember what the numbers stand for."""
    memory["offers"] = {"requests": [dump(request) for request in requests]}
    choices = [Choice(INTENT_WORDS[request.intent], request.intent) for request in requests]
    return Reply(question, (*choices, Choice(NONE_OF_THESE, "")), is_final=False)


def chosen(memory: dict[str, Any], text: str) -> Request | Reply | None:
    """The request picked, words for 「都不是」, or None when the text is about something else."""
    offers = memory.pop("offers")["requests"]
    choices = tuple(Choice(INTENT_WORDS[o["intent"]], o["intent"]) for o in offers)
    found = pick(text, (*choices, Choice(NONE_OF_THESE, "")))
    if found is None and len(choices) == 1 and is_yes(text):
        found = choices[0]
    if found is None and not is_no(text):
        return None
    if found is None or not found.value:
        return Reply(SAY_AGAIN)
    return load(next(o for o in offers if o["intent"] == found.value))


def dump(request: Request) -> dict[str, Any]:
    """A request as the conversation's memory keeps it."""
    return {
        "intent": request.intent,
        "text": request.text,
        "entities": [[e.entity, e.value, e.start, e.end] for e in request.entities],
    }


def load(stored: dict[str, Any]) -> Request:
    entities = tuple(Entity(*values) for values in stored["entities"])
    return Request(stored["intent"], 1.0, stored["text"], entities)


def _without(understanding: Understanding, kinds: AbstractSet[str]) -> str:
    """What the text says beside entities of these kinds."""
    rest = list(understanding.text)
    for entity in understanding.entities:
        if entity.entity in kinds:
            rest[entity.start : entity.end] = " " * (entity.end - entity.start)
    return "".join(rest)


def _requests(understanding: Understanding, intents: Sequence[str]) -> list[Request]:
    return [Request(i, 1.0, understanding.text, understanding.entities) for i in intents]
