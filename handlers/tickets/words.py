"""Sentences about tickets and known outages: time first, then place, then what to do."""

from datetime import datetime

from handlers.desk import Desk
from handlers.grid.places import Where
from handlers.outages import wording
from handlers.outages.models import Outage
from handlers.tickets.models import Category, State, Ticket
from handlers.tickets.rules import CATEGORY_WORDS, STATE_WORDS

BY_CATEGORY = dict(CATEGORY_WORDS)
CANCELLED = "好的，{number} 已撤销，师傅不用跑了。有事随时说。"
TAKEN = "{when}前{who}会{what}。\n{place}的{matter}已受理，单号 {number}。"
TAKEN_SOON = "{place}的{matter}已受理，单号 {number}，由{who}负责。"
GENERAL = (
    "「{place}」不在我们的小区登记里，已转供电服务指挥中心人工分派，单号 {number}。\n"
    "急事请打 {hotline}。"
)
NO_PLACE = (
    "已转供电服务指挥中心人工分派，单号 {number}。方便时发一下小区和门牌，来得更快。\n"
    "急事请打 {hotline}。"
)
ALREADY_OPEN = "您这件事已经在办：{number}，{state}，{who}负责。刚才说的也补上了。"
ATTACHED = (
    "{place}的{matter}已经在办：{number}，{state}，{who}负责{due}。刚才说的也补上了。\n"
    "要是别的地方，请说是哪里，我另外登记。"
)
ATTACHED_DUE = "，{when}前{what}"
ALREADY = "{number} {state}。还有问题请再说一遍，我重新登记。"
VERBS = {"arrival": "到场", "first_contact": "联系您", "restoration": "恢复供电", "reply": "答复您"}


def taken_down(desk: Desk, ticket: Ticket, where: Where, *, is_new: bool) -> str:
    """Number, who comes, and by when; honest where the place is not known."""
    who = f"{ticket.assignee.name}师傅" if ticket.assignee else "供电服务指挥中心"
    if not is_new:
        return ALREADY_OPEN.format(
            number=ticket.number, state=STATE_WORDS[State(ticket.state)], who=who
        )
    if ticket.grid_code is None:
        said = GENERAL if where.name else NO_PLACE
        return said.format(
            place=where.name, number=ticket.number, hotline=desk.tables.contacts.hotline
        )
    matter = CATEGORY_WORDS[Category(ticket.category)]
    facts = {
        "place": where.text or ticket.place_text,
        "matter": matter,
        "number": ticket.number,
        "who": who,
    }
    stage = next((s for s in ("arrival", "first_contact", "reply") if s in ticket.due), None)
    if stage is None:
        return TAKEN_SOON.format(**facts)
    when = clock(datetime.fromisoformat(ticket.due[stage]), desk.now)
    return TAKEN.format(when=when, what=VERBS[stage], **facts)


def attached(desk: Desk, ticket: Ticket) -> str:
    """That a report of its own stands open, who has it and by when, and how to report another."""
    stage = next((s for s in ("arrival", "first_contact", "reply") if s in ticket.due), None)
    due = due_text(ticket, desk.now, stage) if stage and ticket.state == State.ASSIGNED else ""
    return ATTACHED.format(
        place=f"{ticket.place_text}{ticket.address or ''}" or "您报",
        matter=CATEGORY_WORDS[Category(ticket.category)],
        number=ticket.number,
        state=STATE_WORDS[State(ticket.state)],
        who=f"{ticket.assignee.name}师傅" if ticket.assignee else "供电服务指挥中心",
        due=ATTACHED_DUE.format(when=due, what=VERBS[stage]) if due and stage else "",
    )


def already(ticket: Ticket) -> str:
    return ALREADY.format(number=ticket.number, state=STATE_WORDS[State(ticket.state)])


def known_outage(template: str, outage: Outage, place: str, now: datetime) -> str:
    """Reason and time of an outage that is known, with the moment the estimate is of."""
    reason = f"因{wording.reason(outage)}"
    when = wording.window(outage.starts_at, outage.ends_at)
    return template.format(when=when, place=place, reason=reason, until=wording.until(outage, now))


def due_text(ticket: Ticket, now: datetime, stage: str) -> str:
    """When a stage is due as people say it; empty where it has no clock."""
    return clock(datetime.fromisoformat(ticket.due[stage]), now) if stage in ticket.due else ""


def clock(moment: datetime, now: datetime) -> str:
    """A time as people say it: `今天09:15`, `明天10:00`, `12月3日`."""
    days = (moment.date() - now.date()).days
    name = {0: "今天", 1: "明天", 2: "后天"}.get(days, f"{moment.month}月{moment.day}日")
    return f"{name}{moment:%H:%M}"
