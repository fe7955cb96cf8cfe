"""Events of the Official Account: follows, scans, menu clicks, delivery results."""

from typing import Any

from bot.conversation import forgetting
from handlers.customers import welcome
from handlers.desk import Desk
from handlers.dialogue.turn import SILENCE, Inbound, Reply, Turn
from handlers.routes import ROUTES
from handlers.surveys import gatherings
from nlu.understanding import Request
from notifier import confirmation

# Menu keys (CONTRACT.md) → the wish they stand for.
MENU: dict[str, str] = {
    "REPORT": "report_outage",
    "OUTAGES": "query_outage",
    "BILL": "query_bill",
    "PROGRESS": "query_progress",
    "BIND": "bind_account",
    "PERSON": "human_agent",
    "OPINION": "suggest",
}


def answer(desk: Desk, inbound: Inbound, memory: dict[str, Any]) -> Reply:
    """What an event is answered with; unknown ones in silence."""
    event = inbound.event
    if event in {"subscribe", "scan"}:
        begun = gatherings.begin(desk, inbound, memory)
        if begun is not None:
            return begun
        memory.pop("form", None)  # who scans anew may be somewhere else
        is_new = event == "subscribe"
        return welcome.greet(desk, inbound.user_id, inbound.event_key, is_new=is_new)
    if event in {"unsubscribe", "user_authorization_revoke", "user_cancellation"}:
        memory.clear()
        forgetting.leave(desk, inbound.user_id)
        return SILENCE
    if event == "click":
        return _menu(desk, inbound, memory)
    if event == "templatesendjobfinish":
        msgid, status = inbound.facts.get("message_id", ""), inbound.facts.get("status", "")
        confirmation.template_result(desk.session, str(msgid), str(status), desk.now)
    return SILENCE


def _menu(desk: Desk, inbound: Inbound, memory: dict[str, Any]) -> Reply:
    """A menu click starts its wish anew; what was open is dropped for it."""
    memory.pop("form", None)
    memory.pop("offers", None)
    if inbound.event_key == "APPLY":
        return welcome.services(desk)
    intent = MENU.get(inbound.event_key)
    if intent is None:
        return SILENCE
    turn = Turn(inbound, Request(intent, 1.0, ""), desk.now, memory)
    reply = ROUTES[intent](turn, desk)
    form = memory.get("form")
    if isinstance(form, dict):
        form["question"] = "" if reply.is_final else reply.render()
        form["choices"] = [choice.label for choice in reply.choices]
    return reply
