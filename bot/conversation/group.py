"""The bot in a group: silent unless addressed, public answers only, personal matters in private."""

import re

from bot.access import audit
from bot.conversation.inbox import Opened
from handlers.desk import Desk
from handlers.dialogue.turn import SILENCE, Inbound, InboundKind, Reply, Turn
from handlers.guide import dialogue as guide
from handlers.guide import talk
from handlers.masking import NUMBERS
from handlers.outages import dialogue as outages
from handlers.tickets import group_reports
from handlers.tickets.safety import SAFETY
from nlu.understanding import Understanding

MENTION = re.compile(r"@\S+\s*")
PRIVATE = "这是您个人的事，群里不方便说。请到公众号「{account}」里直接发给我，只有您看得到。"
HAS_NUMBERS = "群里请别发户号、手机号。已经发的请撤回，需要办事请到公众号里私聊。"
HAS_HOME = "群里请别写门牌、姓名，已经发的请撤回。家里的事请到公众号里私聊：报修、查单、办电都行。"
ROOM = re.compile(r"(?:单元|门)\s*\d{2,4}|\d+\s*(?:栋|幢|号楼)\s*\d{3,4}|\d+[-－]\d+[-－]\d{3,4}")
WELCOME = "我是供电服务小助手。群里@我可以问停电、办电、安全用电；个人的事请到公众号里说。"
DANGER = "{safety}\n请马上打 {hotline}。这里的情况已经转给值班人员，单号 {number}。"
ACCOUNT = "供电服务站"
PUBLIC = frozenset({"query_outage", "report_outage", "still_no_power"})
KNOWLEDGE = {
    "ask_guide": guide.ask_guide,
    "ask_safety": guide.ask_safety,
    "find_contact": guide.find_contact,
    "query_price": guide.ask_guide,
    "greet": talk.greet,
    "thank": talk.thank,
    "ask_help": talk.ask_help,
    "out_of_scope": talk.out_of_scope,
}


def answer(
    desk: Desk,
    inbound: Inbound,
    understanding: Understanding | None,
    opened: Opened,
) -> Reply:
    """Answer what is public; nothing personal goes in or out of a group."""
    if inbound.kind == InboundKind.EVENT:
        return Reply(WELCOME) if inbound.event == "enter_chat" else SILENCE
    if understanding is None:
        return SILENCE
    if NUMBERS.search(inbound.text):
        _log(desk, inbound, "number")
        return Reply(HAS_NUMBERS)
    if understanding.hazard is not None and understanding.intent == "report_hazard":
        return _danger(desk, inbound, understanding)
    request = understanding.requests[0]
    turn = Turn(inbound, request, desk.now, {}, danger=understanding.hazard)
    if understanding.values("person") or ROOM.search(inbound.text):
        _log(desk, inbound, "home")
        group_reports.answer(turn, desk)  # what it reports still counts
        return Reply(HAS_HOME)
    if request.intent in PUBLIC:
        said = group_reports.answer(turn, desk)
        return said if said is not None else outages.public_answer(turn, desk)
    if (route := KNOWLEDGE.get(request.intent)) is not None:
        reply = route(turn, desk)
        return reply if reply.is_final else Reply(PRIVATE.format(account=ACCOUNT))
    return Reply(PRIVATE.format(account=ACCOUNT))


def _log(desk: Desk, inbound: Inbound, what: str) -> None:
    """That someone wrote personal data into a group, and of which kind; never the data."""
    audit.write(
        desk.session,
        actor=inbound.user_id,
        action="group_personal_data",
        subject=inbound.chat_id,
        now=desk.now,
        facts={"what": what},
    )


def _danger(desk: Desk, inbound: Inbound, understanding: Understanding) -> Reply:
    turn = Turn(inbound, understanding.requests[0], desk.now, {}, danger=understanding.hazard)
    ticket = group_reports.open_danger(turn, desk)
    kind = understanding.hazard.kind if understanding.hazard else "other"
    return Reply(
        DANGER.format(
            safety=SAFETY.get(kind, SAFETY["other"]),
            hotline=desk.tables.contacts.hotline,
            number=ticket.number,
        )
    )
