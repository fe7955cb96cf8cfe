"""How far a ticket is, urging it, withdrawing it."""

import re
from datetime import datetime

from handlers.customers import places as homes
from handlers.desk import Desk
from handlers.dialogue.answers import is_no, pick
from handlers.dialogue.case import case_of
from handlers.dialogue.turn import Choice, Reply, Turn
from handlers.errors import NotFoundError
from handlers.grid.places import ask_place
from handlers.tickets import contact, household, links, opinions, service, words
from handlers.tickets.models import Category, State, Ticket
from handlers.tickets.rules import ACTIVE, STATE_WORDS

COMPLAINS = re.compile(r"投诉|举报你们|告你们|态度|没人(?:管|来)|不来人")
NO_TICKET = (
    "您名下现在没有在办的单子。要报修就说在哪里、出了什么事；在营业厅、App办的，回「人工」帮您查。"
)
NOT_YOURS = "没有找到您的工单 {number}，请核对单号；别人报的单子只能本人查。"
NONE_AT_HOME = "{place}现在没有在办的报修。还没电就说一声「没电」，我马上登记；有单号就发单号。"
REPORTED_AT_HOME = "您家报过了，不用再报。\n{standing}"
ANOTHER = re.compile(
    r"(?:老婆|老公|爱人|媳妇|丈夫|儿子|女儿|孩子|爸|妈|爷爷|奶奶|家里人|家人|室友|邻居|她|他)"
    r"[^，。]{0,8}(?:报|打过|登记)"
)
WHICH = "您有几张单子，是哪一张？"
NEXT = {
    "arrival": "最晚{when}到场",
    "first_contact": "最晚{when}联系您",
    "reply": "最晚{when}答复您",
}
URGED = "{number} 已催，{who}马上看到。{due}\n还是没人联系，请打 {hotline}。"
KEPT = "好的，单子不撤，继续办。"
TOO_LATE = "{number} {state}，不用撤销了。"
STAGE = "现在到：{stage}。"
LACKS = "还缺：{names}。拍照发来就行。"
NEWS = "最新（{at}）：{text}"


def query_progress(turn: Turn, desk: Desk) -> Reply:
    """Where the ticket stands, who has it, what comes next, and the page with every step."""
    if (shared := _of_the_household(turn, desk)) is not None:
        if isinstance(shared, Reply):
            return shared
        return turn.finish(REPORTED_AT_HOME.format(standing=_standing(shared, desk)))
    ticket = _which(turn, desk, include_done=True)
    if isinstance(ticket, Reply):
        return ticket
    link = links.make(desk, "ticket", ticket.number, openid=turn.user_id)
    return turn.finish(_standing(ticket, desk), link=link)


def urge_ticket(turn: Turn, desk: Desk) -> Reply:
    """催办 never makes a second ticket; without one, it is asked what is the matter."""
    case = case_of(turn)
    complains = COMPLAINS.search(turn.text) and not contact.open_of(desk, turn.user_id)
    if complains or case.get("complains"):
        case["complains"] = True
        return opinions.complain(turn, desk)
    ticket = _of_the_household(turn, desk) or _which(turn, desk, include_done=False)
    if isinstance(ticket, Reply):
        return ticket
    service.urge(desk, ticket, text=turn.text)
    who = f"{ticket.assignee.name}师傅" if ticket.assignee else "值班人员"
    said = URGED.format(
        number=ticket.number,
        who=who,
        due=_due(ticket, desk.now),
        hotline=desk.tables.contacts.hotline,
    )
    return turn.finish(said)


def cancel_ticket(turn: Turn, desk: Desk) -> Reply:
    """Withdraw an open ticket; asked once when several are open."""
    ticket = _which(turn, desk, include_done=False)
    if isinstance(ticket, Reply):
        return ticket
    if ticket.state not in ACTIVE:
        return turn.finish(
            TOO_LATE.format(number=ticket.number, state=STATE_WORDS[State(ticket.state)])
        )
    if not turn.is_fresh and is_no(turn.inbound.text):
        return turn.finish(KEPT)
    service.cancel(desk, ticket, by="resident", text=turn.text)
    return turn.finish(words.CANCELLED.format(number=ticket.number))


def _which(turn: Turn, desk: Desk, *, include_done: bool) -> Ticket | Reply:
    """The ticket meant: by its number, the only open one, or the one picked."""
    case = case_of(turn)
    if (number := turn.value("ticket_number")) is not None:
        return _own(turn, desk, number)
    if not turn.is_fresh and (numbers := case.get("offered")):
        chosen = pick(turn.inbound.text, tuple(Choice(n, n, (n[-5:],)) for n in numbers))
        if chosen is not None:
            return _own(turn, desk, chosen.value)
    tickets = contact.open_of(desk, turn.user_id)
    if turn.is_fresh and contact.withdraws(turn.inbound.text):
        tickets = [t for t in tickets if t.undo_until and t.undo_until > desk.now] or tickets
    if len(tickets) == 1:
        return service.get(desk, tickets[0].number)
    if tickets:
        case["offered"] = [ticket.number for ticket in tickets[:5]]
        choices = tuple(Choice(contact.line(ticket), ticket.number) for ticket in tickets[:5])
        return Reply(WHICH, choices, is_final=False)
    latest = contact.latest_of(desk, turn.user_id) if include_done else None
    return latest if latest is not None else turn.finish(NO_TICKET)


def _of_the_household(turn: Turn, desk: Desk) -> Ticket | Reply | None:
    """What someone else of the household reported: asked about by who has no ticket open.

    The house is the one named, or the one they live in; whoever says only that another reported
    it is asked for the house. None where it is their own matter.
    """
    if turn.value("ticket_number") or contact.open_of(desk, turn.user_id):
        return None
    case = case_of(turn)
    by_another = case.get("by_another") or ANOTHER.search(turn.text) is not None
    names_house = turn.values("community") and turn.values("address")
    if not (by_another or names_house):
        home = homes.known_place(desk, turn.user_id)
        return household.repair_at(desk.session, home) if home is not None else None
    case["by_another"] = True
    home = None if names_house else homes.known_place(desk, turn.user_id)
    if home is not None and (found := household.repair_at(desk.session, home)) is not None:
        return found
    where = ask_place(turn, desk, needs_building=True, asks_all=True)
    if isinstance(where, Reply):
        return where
    if where.community_code is not None:
        homes.remember_place(desk, turn.user_id, where.community_code, where.building, where.room)
    found = household.repair_at(desk.session, where)
    return found or turn.finish(NONE_AT_HOME.format(place=where.text))


def _own(turn: Turn, desk: Desk, number: str) -> Ticket | Reply:
    try:
        ticket = service.get(desk, number)
    except NotFoundError:
        return turn.finish(NOT_YOURS.format(number=number))
    if ticket.openid != turn.user_id:
        return turn.finish(NOT_YOURS.format(number=number))
    return ticket


def _standing(ticket: Ticket, desk: Desk) -> str:
    matter = ticket.fields.get("title") or words.BY_CATEGORY[Category(ticket.category)]
    who = f"，{ticket.assignee.name}负责" if ticket.assignee else ""
    lines = [f"{ticket.number} {matter}：{STATE_WORDS[State(ticket.state)]}{who}。"]
    if ticket.state in ACTIVE:
        if stage := ticket.fields.get("stage"):  # of an application, in its own words
            lines.append(STAGE.format(stage=stage))
        if missing := ticket.fields.get("missing"):
            lines.append(LACKS.format(names="、".join(missing)))
        lines.append(_due(ticket, desk.now))
    if ticket.result and ticket.state in {State.RESOLVED, State.CLOSED}:
        lines.append(f"结果：{ticket.result}")
    news = [event for event in ticket.events if event.action == "reply" and event.text]
    if news:
        lines.append(NEWS.format(at=f"{news[-1].at:%m-%d %H:%M}", text=news[-1].text))
    return "\n".join(filter(None, lines))


def _due(ticket: Ticket, now: datetime) -> str:
    for stage, sentence in NEXT.items():
        is_met = (stage == "arrival" and ticket.arrived_at) or (
            stage == "first_contact" and ticket.first_contact_at
        )
        if stage in ticket.due and not is_met:
            when = words.clock(datetime.fromisoformat(ticket.due[stage]), now)
            return f"{sentence.format(when=when)}。"
    return ""
