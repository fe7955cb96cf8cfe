"""What staff write about their day and about where a ticket belongs, in the WeCom application."""

import re
from collections.abc import Callable

from handlers.desk import Desk
from handlers.dialogue.turn import Inbound, InboundKind
from handlers.errors import DomainError
from handlers.grid.models import Grid, Staff
from handlers.grid.places import Where
from handlers.grid.queries import locate
from handlers.grid.rules import building_of
from handlers.tickets import briefs, commands, evidence, handovers, leave, misrouting, splitting
from handlers.tickets.models import Action, State, Ticket
from handlers.tickets.rules import CATEGORY_WORDS, NUMBER
from notifier.models import Channel
from notifier.outbox import Outgoing, put

OF_DAY = re.compile(r"^\s*(简报|交班|我的承诺|承诺|请假|销假)(?:[\s:：]+(.*))?$", re.DOTALL)
OF_TICKET = re.compile(
    r"^\s*(派错了?|为什么派给我|拆单|取消合并)\s*[:：]?\s*(T\d{13,})?\s*(.*)$", re.DOTALL
)
NO_PROMISES = "没有还没兑现的承诺。"
PROMISES = "还没兑现的承诺 {count} 件：\n{lines}"
HANDED = "已交给{names}。{hint}"
HINT = "您名下还有 {count} 张单，要换人办请发「转派」。"
WHY = "{number}：{because}。\n地点：{place}，{grid}；类别：{matter}。\n不是您的，请发：派错 {number} 正确的小区（或原因）"
NO_GRID = "还没有定到网格"
GIVEN_BACK = "{number} 已退回指挥中心重新派。知道对的地点，请发：派错 {number} 小区名。"
PUT_RIGHT = "{number} 已改到{place}，由{who}负责，系统记住了。"
SPLIT = "已从 {number} 分出 {made}（{matter}），由{who}负责，两张单都在。"
UNMERGED = "{number} 已取消合并，接着办。"
NO_TICKET = "照片收到了，但不知道是哪张单的。请先「到场 T…」，再发照片。"
GOT_PHOTO = "收到，放进 {number} 作现场凭证了。"
LISTED = 20


def answer(desk: Desk, userid: str, text: str, quoted: str = "") -> str | None:
    """Do what was written; None where it is none of these commands."""
    if (match := OF_DAY.match(text)) is not None:
        return DAILY[match[1]](desk, commands.staff(desk, userid), (match[2] or "").strip())
    if (match := OF_TICKET.match(text)) is None:
        return None
    person = commands.staff(desk, userid)
    number = match[2] or (found[0] if (found := NUMBER.search(quoted)) else None)
    action, do = TICKETLY[match[1]]
    ticket = commands.ticket_for(desk, person, number, action)
    return do(desk, ticket, person, match[3].strip())


def photo(desk: Desk, inbound: Inbound) -> str:
    """A picture or video goes to the ticket that its sender is at."""
    person = commands.staff(desk, inbound.user_id)
    tickets = handovers.in_hand(desk, person)
    arrived = [one for one in tickets if one.state == State.ARRIVED] or tickets
    if len(arrived) != 1:
        raise DomainError(NO_TICKET)
    evidence.add_photo(
        desk,
        arrived[0],
        kind="video" if inbound.kind == InboundKind.VIDEO else "image",
        platform=inbound.door,
        media_id=inbound.media_id,
        by=person.userid,
    )
    return GOT_PHOTO.format(number=arrived[0].number)


def give_back(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    """派错了: with one known place it goes there at once, else to the command centre."""
    where = _place(desk, rest)
    is_elsewhere = where is not None and (
        where.community_code != ticket.community_code or where.building not in {"", ticket.building}
    )
    lies_open = ticket.state == State.OPEN and ticket.grid_code is None
    if not lies_open:
        misrouting.give_back(desk, ticket, by=person, reason=rest)
    if where is None or not (is_elsewhere or lies_open):
        return GIVEN_BACK.format(number=ticket.number)
    misrouting.put_right(desk, ticket, where, by=person.userid, learn=True)
    who = ticket.assignee.name if ticket.assignee else "供电服务指挥中心"
    return PUT_RIGHT.format(number=ticket.number, place=where.text, who=who)


def press_misrouted(desk: Desk, userid: str, number: str) -> str:
    """The card's button; a changed card shows no words, so what is asked comes as a message."""
    person = commands.staff(desk, userid)
    ticket = commands.ticket_for(desk, person, number, Action.MISROUTE)
    said = give_back(desk, ticket, person, "")
    message = Outgoing(
        channel=Channel.WECOM_APP,
        target=person.userid,
        kind="misrouted_ask",
        payload={"text": said},
        key=f"{ticket.number}:misrouted_ask:{desk.now:%Y%m%d%H%M%S}:{person.userid}",
        ticket_number=ticket.number,
    )
    put(desk.session, [message], now=desk.now)
    return said


def _place(desk: Desk, words: str) -> Where | None:
    """The one place of the registry that the words name, with its building."""
    found = list(desk.places.find(words)) if words else []
    if len({entity.value for entity in found}) != 1:
        return None
    place = desk.places.suggest(found[0].value, 1)[0]
    return Where(place.code, place.name, building_of(words[found[0].end :]))


def _brief(desk: Desk, person: Staff, rest: str) -> str:
    return briefs.text(desk, person)


def _hand_over(desk: Desk, person: Staff, rest: str) -> str:
    note = handovers.write(desk, person, rest)
    people = [desk.session.get_one(Staff, userid).name for userid in note.to_userids]
    hint = HINT.format(count=len(note.numbers)) if note.numbers else ""
    return HANDED.format(names="、".join(people), hint=hint)


def _promises(desk: Desk, person: Staff, rest: str) -> str:
    found = briefs.outstanding(desk, person)
    if not found:
        return NO_PROMISES
    lines = "\n".join(briefs.promise_line(desk, one) for one in found[:LISTED])
    return PROMISES.format(count=len(found), lines=lines)


def _back(desk: Desk, person: Staff, rest: str) -> str:
    return leave.end(desk, person)


def _why(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    grid = desk.session.get(Grid, ticket.grid_code) if ticket.grid_code else None
    spot = locate(desk.session, ticket.community_code or "", ticket.building)
    area = f"{spot.area.name}，" if spot and spot.area else ""
    return WHY.format(
        number=ticket.number,
        because=ticket.assigned_because or "人工指定",
        place=f"{ticket.place_text}{ticket.building and ticket.building + '栋'}",
        grid=f"{area}属于{grid.name}" if grid else NO_GRID,
        matter=CATEGORY_WORDS[ticket.category],  # type: ignore[index]
    )


def _split(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    category, text = splitting.category_named(rest)
    made = splitting.split(desk, ticket, category=category, text=text, by=person.userid)
    return SPLIT.format(
        number=ticket.number,
        made=made.number,
        matter=CATEGORY_WORDS[category],
        who=made.assignee.name if made.assignee else "供电服务指挥中心",
    )


def _unmerge(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    splitting.unmerge(desk, ticket, by=person.userid)
    return UNMERGED.format(number=ticket.number)


DAILY: dict[str, Callable[[Desk, Staff, str], str]] = {
    "简报": _brief,
    "交班": _hand_over,
    "承诺": _promises,
    "我的承诺": _promises,
    "请假": leave.take,
    "销假": _back,
}
TICKETLY: dict[str, tuple[Action, Callable[[Desk, Ticket, Staff, str], str]]] = {
    "派错": (Action.MISROUTE, give_back),
    "派错了": (Action.MISROUTE, give_back),
    "为什么派给我": (Action.NOTE, _why),
    "拆单": (Action.SPLIT, _split),
    "取消合并": (Action.UNMERGE, _unmerge),
}
