"""Replies that are written often, with this ticket's facts filled in."""

from datetime import datetime

from handlers.desk import Desk
from handlers.tickets.models import Category, Ticket
from handlers.tickets.rules import CATEGORY_WORDS
from handlers.tickets.words import clock

REPLIES: tuple[tuple[str, str], ...] = (
    ("在路上", "{when}{who}到{place}，正在路上。"),
    ("要晚一点", "对不住，{who}要晚一点到{place}，到之前给您打电话。"),
    ("请留电话", "请留一个能打通的电话，{who}联系您。"),
    ("要住户在家", "处理{matter}要进户，请问您什么时候在家？"),
    ("等配件", "{place}的{matter}要等配件，配件一到{who}马上来，单号 {number}。"),
    ("已恢复", "{place}已恢复供电。家里还没电的，请看一下自家空气开关，还不行就回复「还没来电」。"),
    ("表后故障", "查过了，是您家表后线路的问题，请找有资质的电工修；拿不准可以打 {hotline}。"),
)


def replies(desk: Desk, ticket: Ticket) -> list[tuple[str, str]]:
    """Name and text of each."""
    stage = next((one for one in ("arrival", "first_contact", "reply") if one in ticket.due), None)
    when = f"{clock(datetime.fromisoformat(ticket.due[stage]), desk.now)}前" if stage else "马上"
    values = {
        "when": when,
        "who": f"{ticket.assignee.name}师傅" if ticket.assignee else "值班师傅",
        "place": ticket.place_text or "您那里",
        "matter": CATEGORY_WORDS[Category(ticket.category)],
        "number": ticket.number,
        "hotline": desk.tables.contacts.hotline,
    }
    return [(name, text.format(**values)) for name, text in REPLIES]
