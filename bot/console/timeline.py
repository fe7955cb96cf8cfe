"""A ticket's history line by line, each message to the resident with how far it came."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.console import people
from handlers.customers.places import known_names
from handlers.desk import Desk
from handlers.masking import mask_text
from handlers.tickets.models import Action, State, Ticket, TicketEvent
from handlers.tickets.rules import STATE_WORDS
from notifier.models import Channel, OutboxMessage, OutboxState

WORDS: dict[str, str] = {
    Action.OPENED: "受理",
    Action.ASSIGN: "派单",
    Action.ACCEPT: "接单",
    Action.DEPART: "出发",
    Action.ARRIVE: "到场",
    Action.REPLY: "回复住户",
    Action.NOTE: "备注（住户看不到）",
    Action.RESOLVE: "办结",
    Action.CLOSE: "关闭",
    Action.CANCEL: "撤销",
    Action.TRANSFER: "转派",
    Action.MERGE: "合并",
    Action.UNMERGE: "取消合并",
    Action.SPLIT: "拆分",
    Action.MISROUTE: "退回：派错了",
    Action.ESCALATE: "升级",
    Action.RAISE: "升为最急件",
    Action.REOPEN: "重新处理",
    Action.URGE: "催办",
    Action.ADD: "补充",
    Action.PAUSE: "时限暂停",
    Action.RESUME: "时限继续",
    Action.PROMISE: "承诺时间",
    Action.TAKE_OVER: "接管聊天",
    Action.HAND_BACK: "交回机器人",
    Action.WARN: "时限提醒",
    Action.SURVEY: "评价",
    Action.TRIAGE: "分诊（住户看不到）",
}
BY = {"resident": "住户", "gridbot": "系统", "system": "系统"}
ROUTES = {
    "customer_service": "客服消息",
    "template": "模板消息",
    "passive": "当面回复",
    "subscription": "订阅通知",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far a message to the resident came. `tone` is good, waiting or bad."""

    words: str
    tone: str
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    what: str
    by: str
    text: str
    is_public: bool
    is_resident: bool
    delivery: Delivery | None


def of(desk: Desk, ticket: Ticket, *, sees: bool) -> list[Line]:
    """Newest first."""
    events = ticket.events
    userids = {event.by for event in events} | {str(event.facts.get("to", "")) for event in events}
    names = people.names(desk, userids) | BY
    messages = _messages(desk, ticket)
    hidden = None if sees else {ticket.name, *known_names(desk, ticket.openid)}
    return [_line(event, names, messages, hidden) for event in reversed(events)]


def last_words(desk: Desk, ticket: Ticket) -> str:
    """Who did what last, for a page that is out of date."""
    event = ticket.events[-1] if ticket.events else None
    state = STATE_WORDS[State(ticket.state)]
    if event is None:
        return f"现在{state}"
    by = (people.names(desk, {event.by}) | BY).get(event.by, event.by)
    return f"{event.at:%H:%M} {by}：{WORDS.get(event.action, event.action)}，现在{state}"


def delivery_of(message: OutboxMessage) -> Delivery:
    route = ROUTES.get(message.route, "")
    way = f"（{route}）" if route else ""
    if message.state == OutboxState.SENT:
        if message.delivered_at is not None:
            return Delivery(f"已送达{way} {message.delivered_at:%H:%M}", "good")
        return Delivery(f"已发出{way}，还没有送达回执", "waiting")
    if message.state in {OutboxState.DEAD, OutboxState.FAILED}:
        return Delivery("没有送到，请打电话", "bad", message.id)
    if message.state == OutboxState.SKIPPED:
        return Delivery("已过时，没有发", "waiting")
    return Delivery("正在发送", "waiting")


def _line(
    event: TicketEvent,
    names: dict[str, str],
    messages: dict[tuple[str, datetime], OutboxMessage],
    hidden: set[str | None] | None,
) -> Line:
    """`hidden` are the names that a reader who may not know the reporter must not read."""
    message = messages.get((f"ticket_{event.action}", event.at))
    to = names.get(str(event.facts.get("to", "")), "")
    text = event.text or ""
    what = WORDS.get(event.action, event.action)
    return Line(
        at=event.at,
        what=f"{what}给{to}" if to else what,
        by=names.get(event.by, event.by),
        text=text if hidden is None else mask_text(text, *hidden),
        is_public=event.is_public,
        is_resident=event.by == "resident",
        delivery=delivery_of(message) if message else None,
    )


def _messages(desk: Desk, ticket: Ticket) -> dict[tuple[str, datetime], OutboxMessage]:
    """Messages to the resident by kind and moment: both are written with the event."""
    query = sa.select(OutboxMessage).where(
        OutboxMessage.ticket_number == ticket.number,
        OutboxMessage.channel == Channel.OFFICIAL_ACCOUNT,
    )
    return {(one.kind, one.created_at): one for one in desk.session.scalars(query)}
