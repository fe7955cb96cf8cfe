"""What a message means because of what is open: words that alone would say little."""

import re
from dataclasses import replace
from typing import Any

from bot.conversation import offers
from handlers.desk import Desk
from handlers.dialogue.answers import bare, is_skip, pick
from handlers.dialogue.details import is_detail
from handlers.dialogue.form import is_correction
from handlers.dialogue.turn import Choice
from handlers.routes import SMALL_TALK
from handlers.tickets import contact, service
from handlers.tickets.models import Category
from handlers.tickets.rules import ACTIVE
from nlu import hazards
from nlu.calibration import Thresholds
from nlu.understanding import Request, Understanding

OUT_OF_POWER = frozenset({"report_outage", "still_no_power"})
LEAD = "停电了，"
OUT_OF_SCOPE = "out_of_scope"
NOT_THAT = re.compile(r"(?:哎|唉|那)?(?:算了|先不|不办|不弄|不装|不报)")
SHORT = 3  # characters up to which a message is an answer
# What the account itself teaches to reply; short, and never an answer to another question.
TAUGHT = frozenset(
    [
        "解绑",
        "查户号",
        "绑定",
        "绑定户号",
        "催一下",
        "快点",
        "快点来",
        "快来人",
        "怎么交",
        "多少钱",
        "要钱吗",
        "要钱不",
        "怎么缴",
        "查电费",
        "交电费",
        "查进度",
    ]
)
ABOUT_THE_TICKET = frozenset(
    {"query_progress", "urge_ticket", "cancel_ticket", "human_agent", "complain"}
)

ITS_STORY = frozenset(
    {"complain", "urge_ticket", "query_progress", "still_no_power", "rate_service"}
)

NAGGING = frozenset(
    {"urge_ticket", "still_no_power", "query_progress", "query_outage", "report_outage"}
)

TROUBLE = frozenset(
    {"ask_safety", "report_fault", "report_outage", "still_no_power", "query_outage"}
)


def with_danger(
    desk: Desk,
    user_id: str,
    understanding: Understanding,
    memory: dict[str, Any],
    limits: Thresholds,
) -> Understanding:
    """「家里老人要吸氧」 is life at stake to whoever reports an outage or has reported one."""
    if understanding.hazard is not None:
        return understanding
    form = memory.get("form")
    tells = isinstance(form, dict) and form.get("intent") in OUT_OF_POWER
    if not tells and understanding.confidence >= limits.act:
        return understanding
    hazard = hazards.detect(LEAD + understanding.text)
    if hazard is None or hazards.INTENT_OF_KIND[hazard.kind] not in OUT_OF_POWER:
        return understanding
    mine = () if tells else contact.open_of(desk, user_id)
    if not tells and all(ticket.category != Category.OUTAGE for ticket in mine):
        return understanding
    request = Request("report_outage", 1.0, understanding.text, understanding.entities)
    return replace(understanding, hazard=hazard, requests=(request, *understanding.requests[1:]))


def interrupts(
    form: dict[str, Any], text: str, understanding: Understanding, limits: Thresholds
) -> bool:
    """Whether a message is another wish and no answer to the question that the form asks."""
    intent = understanding.intent
    if intent in SMALL_TALK or intent in {"stop", OUT_OF_SCOPE, form["intent"]}:
        return False
    if bare(text) in TAUGHT:
        return form["intent"] != "bind_account" or intent != "find_account"
    if form.get("takes_anything") or _is_related(intent, form):
        return False
    asks_where = str(form.get("asking")).startswith("place_")
    if offers.is_phone_alone(understanding) or (
        asks_where and offers.is_place_alone(understanding)
    ):
        return False
    if is_correction(text, form) or answers_by_entity(form, understanding) or is_skip(text):
        return False
    if ticket_of(form) is not None and is_detail(text):
        return False
    if fits_choices(form, text) or len(bare(text)) <= SHORT:
        return False
    is_sure = understanding.confidence >= limits.act
    return is_sure or _is_about_the_ticket(form, understanding, limits)


def changes_mind(form: dict[str, Any], text: str, understanding: Understanding) -> bool:
    """「算了，先问问光伏」: what was being filled in is left for another wish."""
    is_left = ticket_of(form) is None and NOT_THAT.match(bare(text)) is not None
    others = {OUT_OF_SCOPE, "stop", form["intent"], *SMALL_TALK}
    return is_left and understanding.intent not in others


def answers_by_entity(form: dict[str, Any], understanding: Understanding) -> bool:
    """Whether it names what the form says it is answered by, whatever else it reads like."""
    named = {entity.entity for entity in understanding.entities}
    return not named.isdisjoint((form.get("asking"), *form.get("answered_by", ())))


def _is_related(intent: str, form: dict[str, Any]) -> bool:
    """An answer to a question may read like a related wish; an answer to the summary may not."""
    return form.get("asking") != "confirm" and intent in str(form.get("related", "")).split()


def fits_choices(form: dict[str, Any], text: str) -> bool:
    labels = form.get("choices", [])
    words = form.get("choice_words", [()] * len(labels))
    choices = tuple(
        Choice(label, label, tuple(also)) for label, also in zip(labels, words, strict=True)
    )
    return bool(choices) and pick(text, choices) is not None


def _is_about_the_ticket(
    form: dict[str, Any], understanding: Understanding, limits: Thresholds
) -> bool:
    """Whether, amid the questions after a ticket's opening, a message is about the ticket."""
    return (
        ticket_of(form) is not None
        and understanding.intent in ABOUT_THE_TICKET
        and understanding.confidence >= limits.fallback
    )


def ticket_of(form: dict[str, Any]) -> str | None:
    """The number of the ticket that an open form asks about."""
    number: str | None = form.get("case", {}).get("ticket")
    return number


def is_over(desk: Desk, form: dict[str, Any]) -> bool:
    """Whether the questions set aside were about a ticket that has ended meanwhile."""
    number = ticket_of(form)
    return number is not None and service.get(desk, number).state not in ACTIVE


def whole_complaint(understanding: Understanding) -> tuple[Request, ...]:
    """The wishes of a message; what a complaint complains of is its story, not another wish."""
    first, *others = understanding.requests
    if first.intent != "complain":
        return understanding.requests
    rest = [other for other in others if other.intent not in ITS_STORY]
    if len(rest) == len(others):
        return understanding.requests
    return (replace(first, text=understanding.text, entities=understanding.entities), *rest)


def of_the_dark(desk: Desk, user_id: str, understanding: Understanding) -> str | None:
    """What unsure words mean that wait, ask and complain of the dark; None for others.

    With a ticket open all of them mean: hurry; without one there is nothing to hurry, and they
    report it.
    """
    likely = {rank.intent for rank in understanding.ranking[:2]}
    if not likely <= NAGGING:
        return None
    if contact.open_of(desk, user_id):
        return "urge_ticket"
    return "report_outage" if likely == {"urge_ticket", "report_outage"} else None


def undoable(desk: Desk, user_id: str) -> str | None:
    """The number of a ticket opened so lately that 「算了」 may mean it."""
    newest = next(iter(contact.open_of(desk, user_id)), None)
    is_new = newest is not None and newest.undo_until is not None and newest.undo_until > desk.now
    return newest.number if newest is not None and is_new else None


def is_same(first: Request, other: Request) -> bool:
    """Whether another wish is only the second reading of the words that were answered as danger."""
    return first.intent == "report_hazard" and other.intent in TROUBLE and other.text == first.text
