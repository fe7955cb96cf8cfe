"""What a message means because of the answer before it."""

import re
from datetime import datetime, timedelta
from typing import Any

from handlers.billing import invoices
from handlers.desk import Desk
from handlers.dialogue.answers import bare
from handlers.dialogue.turn import Turn
from handlers.guide import search
from handlers.guide.dialogue import is_follow_up, spoken_of
from handlers.routes import SMALL_TALK
from handlers.tickets import contact
from handlers.tickets.models import Category
from nlu.understanding import Entity, Request

JUST_SENT = timedelta(minutes=30)
WANTS_IT = re.compile(
    r"^(?:那|好|好的|行)?我?(?:就|要|想|想要)*(?:办|办理|申请|装|弄)(?:一个|一下|这个)?[吧啊呀了]?$"
)
STILL_DARK = frozenset({"still_no_power", "report_outage", "query_outage"})
THERE = re.compile(r"(?:有|没有?|没得|冇)人|人呢|在不在|在吗")
APPLIED_FOR = {
    "apply_charging_pile": {"charging_pile"},
    "apply_pv": {"pv"},
    "apply_supply": {"supply", "capacity", "temporary", "three_phase"},
    "apply_tariff": {"tariff", "multi_person"},
    "change_account": {"transfer", "rename"},
    "close_account": {"close"},
    "check_meter": {"meter_check"},
    "move_equipment": {"move"},
}
# What words that go on about an invoice are taken for: 「寄到家行不行」.
PASSING = frozenset(
    {"request_invoice", "affirm", "ask_safety", "ask_guide", "find_contact", "out_of_scope"}
)


def meant(turn: Turn, heard: Request, desk: Desk) -> Request:
    """The wish as it is meant after what was said before; else as it was heard."""
    said, named = turn.inbound.text, heard.entities
    if heard.intent == "greet" and _asks_for_person(turn):
        return Request("human_agent", 1.0, said)
    if heard.intent in PASSING and invoices.is_asked_on(turn):
        return Request("request_invoice", 1.0, said, named)
    if heard.intent == "ask_guide" and _is_about_application(turn, desk):
        return Request("query_progress", 1.0, said)
    if heard.intent in STILL_DARK and not _names_place(heard) and _waits_for_supply(turn, desk):
        return Request("urge_ticket", 1.0, said, named)
    heard = _after_guide(turn, heard, desk) or heard
    if heard.intent not in SMALL_TALK and contact.is_still_dark(turn, desk):
        return Request("still_no_power", 1.0, said, named)
    return heard


def _names_place(heard: Request) -> bool:
    return any(entity.entity in {"community", "address"} for entity in heard.entities)


def _waits_for_supply(turn: Turn, desk: Desk) -> bool:
    """Whether 「还没来」 is about the supply that is to come back after the arrears were paid."""
    newest = next(iter(contact.open_of(desk, turn.user_id)), None)
    return newest is not None and newest.category == Category.RECONNECTION


def _asks_for_person(turn: Turn) -> bool:
    """Whether who waits for a person asks if anybody is there."""
    return "person" in turn.memory and THERE.search(turn.inbound.text) is not None


def _is_about_application(turn: Turn, desk: Desk) -> bool:
    """Whether 「要带啥」 or 「多久」 is about the application that was just sent off."""
    newest = next(iter(contact.open_of(desk, turn.user_id)), None)
    if newest is None or newest.intent not in desk.tables.services.by_intent:
        return False
    is_new = desk.now - newest.created_at < JUST_SENT
    return is_new and not spoken_of(turn) and search.residents(desk).is_general(turn.text)


def remember_topic(memory: dict[str, Any], form: dict[str, Any], now: datetime) -> None:
    """「要啥材料」 amid an application is about its service."""
    if services := APPLIED_FOR.get(form.get("intent", "")):
        memory["guide"] = {"service": min(services), "at": now.isoformat()}


def _after_guide(turn: Turn, heard: Request, desk: Desk) -> Request | None:
    """Right after an answer about a service 「多久」 asks on and 「我要办」 is the wish to have it."""
    service = spoken_of(turn) if WANTS_IT.match(bare(turn.inbound.text)) else ""
    intent = next((one for one, services in APPLIED_FOR.items() if service in services), None)
    if not service or intent is None:
        asks_on = is_follow_up(turn, desk)
        return Request("ask_guide", 1.0, turn.text, heard.entities) if asks_on else None
    return Request(intent, 1.0, turn.inbound.text, (Entity("service", service, 0, 0),))
