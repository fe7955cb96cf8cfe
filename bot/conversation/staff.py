"""A member of staff in the WeCom application: commands, card buttons, questions to the guide."""

from dataclasses import replace
from typing import Any

from bot.conversation import handover
from bot.conversation.inbox import Opened
from handlers.applications import commands as applications
from handlers.desk import Desk
from handlers.dialogue.turn import SILENCE, Inbound, InboundKind, Reply
from handlers.errors import DomainError
from handlers.guide import service as guide
from handlers.outages import commands as outages
from handlers.tickets import commands, staff_life
from handlers.tickets.models import Action, State, Ticket
from handlers.tickets.rules import NUMBER, STATE_WORDS
from nlu.understanding import Understanding

ENTER = frozenset({"enter_agent", "subscribe"})
CARD_EVENTS = frozenset({"template_card_event", "template_card_menu_event"})
NOT_TEXT = "请发文字命令；现场照片、视频直接发给我。发「帮助」看可以发什么。"
MISROUTED = "misrouted"
MINE = frozenset({"MINE", "my_tickets"})


def answer(
    desk: Desk,
    inbound: Inbound,
    understanding: Understanding | None,
    opened: Opened,
) -> Reply:
    """Do what was written or pressed; what cannot be done is said in words, nothing is half done."""
    try:
        with desk.session.begin_nested():
            reply = _answer(desk, inbound)
            talk = handover.of_happened(desk)
            return replace(reply, text=f"{reply.text}\n{talk}") if talk else reply
    except DomainError as error:
        desk.happened.clear()
        return Reply(error.message, card=_stale_card(desk, inbound))


def _answer(desk: Desk, inbound: Inbound) -> Reply:
    if inbound.kind == InboundKind.EVENT:
        return _event(desk, inbound)
    text = inbound.text.strip()
    if inbound.kind in {InboundKind.IMAGE, InboundKind.VIDEO}:
        return Reply(staff_life.photo(desk, inbound))
    if inbound.kind != InboundKind.TEXT:
        return Reply(NOT_TEXT)
    if text.startswith("停电"):
        return Reply(outages.answer(desk, inbound.user_id, text))
    for ask in (applications.answer, staff_life.answer):
        if said := ask(desk, inbound.user_id, text, inbound.quoted_text):
            return Reply(said)
    if commands.parse(text, inbound.quoted_text) or NUMBER.search(inbound.quoted_text):
        return Reply(commands.answer(desk, inbound.user_id, text, inbound.quoted_text))
    found = guide.answer_staff(desk, text)
    said = commands.answer(desk, inbound.user_id, text)
    return Reply(found if found and said == commands.HELP else said)


def _event(desk: Desk, inbound: Inbound) -> Reply:
    if inbound.event in CARD_EVENTS:
        number = _number(inbound)
        if inbound.event_key == MISROUTED:
            said = staff_life.press_misrouted(desk, inbound.user_id, number)
            return Reply(said, card={"done": f"已退回 {desk.now:%H:%M}"})
        if inbound.event_key in applications.BUTTONS:
            said = applications.press(desk, inbound.user_id, inbound.event_key, number)
            return Reply(said, card=_stage_card(desk, inbound.event_key))
        said = commands.press(desk, inbound.user_id, inbound.event_key, number)
        return Reply(said, card=_done_card(desk, number, inbound.event_key))
    if inbound.event == "click" and inbound.event_key in MINE:
        return Reply(commands.mine(desk, commands.staff(desk, inbound.user_id)))
    return SILENCE


def _number(inbound: Inbound) -> str:
    match = NUMBER.search(str(inbound.facts.get("task_id", "")))
    if match is None:
        raise DomainError("这张卡片太旧了，请发「我的工单」。")
    return match[0]


def _stage_card(desk: Desk, key: str) -> dict[str, Any] | None:
    """A stage that was completed takes its card's buttons away; the next one has its own card."""
    return {"done": f"环节已完成 {desk.now:%H:%M}"} if key == "stage" else None


def _done_card(desk: Desk, number: str, key: str) -> dict[str, Any] | None:
    """The card shows what was done where the button changed the state."""
    if key in commands.NEEDS_TEXT or key not in {Action.ACCEPT, Action.DEPART, Action.ARRIVE}:
        return None
    ticket = desk.session.query(Ticket).filter(Ticket.number == number).one()
    return {"done": f"{STATE_WORDS[State(ticket.state)]} {desk.now:%H:%M}"}


def _stale_card(desk: Desk, inbound: Inbound) -> dict[str, Any] | None:
    """A stale button says who did it already."""
    match = NUMBER.search(str(inbound.facts.get("task_id", "")))
    if match is None or inbound.event not in CARD_EVENTS:
        return None
    ticket = desk.session.query(Ticket).filter(Ticket.number == match[0]).one_or_none()
    if ticket is None:
        return None
    who = ticket.assignee.name if ticket.assignee else ""
    return {"done": f"{who}{STATE_WORDS[State(ticket.state)]}"}
