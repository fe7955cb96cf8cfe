"""What a message means because of what is open: words that alone would say little."""

from dataclasses import replace
from typing import Any

from handlers.desk import Desk
from handlers.tickets import contact, service
from handlers.tickets.models import Category
from handlers.tickets.rules import ACTIVE
from nlu import hazards
from nlu.calibration import Thresholds
from nlu.understanding import Request, Understanding

OUT_OF_POWER = frozenset({"report_outage", "still_no_power"})
LEAD = "停电了，"
ABOUT_THE_TICKET = frozenset(
    {"query_progress", "urge_ticket", "cancel_ticket", "human_agent", "complain"}
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


def is_about_the_ticket(
    form: dict[str, Any], understanding: Understanding, limits: Thresholds
) -> bool:
    """Whether, amid the questions after a ticket's opening, a message is about the ticket itself."""
    return (
        "ticket" in form.get("case", {})
        and understanding.intent in ABOUT_THE_TICKET
        and understanding.confidence >= limits.fallback
    )


def is_over(desk: Desk, form: dict[str, Any]) -> bool:
    """Whether the questions set aside were about a ticket that has ended meanwhile."""
    number = form.get("case", {}).get("ticket")
    return number is not None and service.get(desk, number).state not in ACTIVE
