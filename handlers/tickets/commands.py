"""What staff write or press in the WeCom application (CONTRACT.md, Staff commands)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid import queries as grid
from handlers.grid.models import Staff
from handlers.tickets import contact, evidence, permissions, service, talks
from handlers.tickets.models import Action, State, Ticket
from handlers.tickets.rules import ACTIVE, NUMBER, STATE_WORDS

COMMAND = re.compile(
    r"^\s*(接单|出发|到场|到达|回复|办结|完成|转派|升级|接管|交回|备注|我的工单|撤销|关闭|暂停|恢复计时)\s*[:：]?\s*"
    r"(T\d{13,})?\s*(.*)$",
    re.DOTALL,
)
BY_KEY = {
    "accept": "接单",
    "depart": "出发",
    "arrive": "到场",
    "take_over": "接管",
    "hand_back": "交回",
    "escalate": "升级",
}
HELP = (
    "可以这样发：\n接单 T…\n出发 T…\n到场 T…\n回复 T… 要说的话\n办结 T… 处理结果\n转派 T… 姓名\n"
    "升级 T… 原因\n接管 T…（直接和住户聊）\n交回 T…\n派错 T… 正确的小区\n为什么派给我 T…\n"
    "拆单 T… 类别 内容\n环节 T… 完成（用电申请）\n缺料 T… 材料 原因\n收料 T… 材料\n我的工单\n简报\n承诺\n交班 要交代的话\n请假 明天 原因\n"
    "引用卡片回复时不用写单号。"
)
ARRIVE_NEXT = "到了请发「到场 {number}」。"
STAGE_NEXT = "做完一个环节请发「环节 {number} 完成」。"
NONE_OPEN = "您现在没有在办的工单。"
WHICH = "您手上有几张单，请带上单号：\n{lines}"
NEEDS_TEXT = {
    "resolve": "请回复处理结果：办结 {number} 结果。住户会看到，也可以点卡片打开页面填写。",
    "transfer": "转给谁？请发：转派 {number} 姓名",
}


@dataclass(frozen=True, slots=True)
class Command:
    verb: str
    number: str | None
    rest: str


def parse(text: str, quoted: str = "") -> Command | None:
    """The command of a text; the number may stand in the quoted card instead."""
    match = COMMAND.match(text)
    if match is None:
        return None
    number = match[2] or _number_in(quoted)
    return Command(match[1], number, match[3].strip())


def answer(desk: Desk, userid: str, text: str, quoted: str = "") -> str:
    """Do what a member of staff wrote; the words that come back say what was done or is missing."""
    person = staff(desk, userid)
    command = parse(text, quoted)
    if command is None and (number := _number_in(quoted)):
        command = Command("回复", number, text.strip())
    if command is None:
        return _free_words(desk, person, text)
    return run(desk, person, command)


def press(desk: Desk, userid: str, key: str, number: str) -> str:
    """Do what a button of a card says; some buttons only ask for what they need."""
    person = staff(desk, userid)
    if key in NEEDS_TEXT:
        ticket_for(desk, person, number, Action(key))
        return NEEDS_TEXT[key].format(number=number)
    return run(desk, person, Command(BY_KEY[key], number, ""))


def run(desk: Desk, person: Staff, command: Command) -> str:
    if command.verb == "我的工单":
        return mine(desk, person)
    action, do = VERBS[command.verb]
    return do(desk, ticket_for(desk, person, command.number, action), person, command.rest)


def staff(desk: Desk, userid: str) -> Staff:
    """The person of a WeCom userid; raises DomainError for who is not, or no longer, registered."""
    person = grid.member(desk.session, userid)
    if person is None:
        raise DomainError(grid.NO_STAFF)
    return person


def mine(desk: Desk, person: Staff) -> str:
    """我的工单: a line each, the most urgent first."""
    tickets = _open_of(desk, person)
    if not tickets:
        return NONE_OPEN
    lines = [f"{contact.line(ticket)} {ticket.place_text}" for ticket in tickets[:20]]
    return f"您有 {len(tickets)} 张在办：\n" + "\n".join(lines)


def _open_of(desk: Desk, person: Staff) -> list[Ticket]:
    query = (
        sa.select(Ticket)
        .where(Ticket.assignee_userid == person.userid, Ticket.state.in_(ACTIVE))
        .order_by(Ticket.priority, Ticket.next_due_at, Ticket.id)
    )
    return list(desk.session.scalars(query))


def ticket_for(desk: Desk, person: Staff, number: str | None, action: Action) -> Ticket:
    """The ticket of the number, or the only one the person has open, if they may do that to it."""
    if not number:
        return service.get(desk, _only_one_of(desk, person))
    ticket = service.get(desk, number)
    permissions.require(desk, person, ticket, action)
    return ticket


def _only_one_of(desk: Desk, person: Staff) -> str:
    tickets = _open_of(desk, person)
    if not tickets:
        raise DomainError(NONE_OPEN)
    if len(tickets) > 1:
        raise DomainError(WHICH.format(lines="\n".join(contact.line(t) for t in tickets[:10])))
    return tickets[0].number


def _free_words(desk: Desk, person: Staff, text: str) -> str:
    """Words without a command go to the resident whose talk was taken over, else help."""
    ticket = desk.session.scalar(
        sa.select(Ticket).where(
            Ticket.takeover_userid == person.userid, Ticket.takeover_until > desk.now
        )
    )
    if ticket is None:
        return HELP
    service.reply(desk, ticket, by=person.userid, text=text)
    talks.prolong(desk, ticket, by=person.userid)
    return f"已发给住户（{ticket.number}）。说完了请发「交回」。"


def _number_in(text: str) -> str | None:
    match = NUMBER.search(text)
    return match[0] if match else None


def _accept(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    service.accept(desk, ticket, by=person.userid, text=rest or None)
    following = STAGE_NEXT if ticket.fields.get("stage") else ARRIVE_NEXT
    return f"{ticket.number} 已接单，住户已知道。{following.format(number=ticket.number)}"


def _depart(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    service.depart(desk, ticket, by=person.userid)
    return f"{ticket.number} 已出发，住户已知道。"


def _arrive(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    service.arrive(desk, ticket, by=person.userid, text=rest or None)
    warning = "\n注意：住户有光伏或发电机，先验电、防反送电。" if ticket.has_generation else ""
    return f"{ticket.number} 已到场。弄好了请发「办结 {ticket.number} 结果」。{warning}"


def _reply(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    service.reply(desk, ticket, by=person.userid, text=rest)
    return f"已发给住户（{ticket.number}），送到没有在工单页可以看。"


def _resolve(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    result, proof = evidence.read(rest, is_leader=person.role in permissions.LEADING)
    service.resolve(desk, ticket, by=person.userid, text=result, proof=proof)
    hint = f"\n{evidence.HINT}" if evidence.asks_photo(desk, ticket) else ""
    return f"{ticket.number} 已办结，结果已发给住户。{hint}"


def _transfer(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    name, _, why = rest.partition(" ")
    if not name:
        raise DomainError(NEEDS_TEXT["transfer"].format(number=ticket.number))
    service.transfer(desk, ticket, to=name, by=person.userid, text=why or None)
    return f"{ticket.number} 已转给{ticket.assignee.name if ticket.assignee else name}。"


def _escalate(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    service.escalate(desk, ticket, by=person.userid, text=rest or None)
    return f"{ticket.number} 已上报。"


def _take_over(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    until = service.take_over(desk, ticket, by=person.userid)
    return (
        f"{ticket.number} 已接管，到 {until:%H:%M} 前您发的话直接到住户那里，说完发「交回」。\n"
        f"住户说的：{(ticket.masked_text if ticket.is_confidential else ticket.text)[:200]}"
    )


def _hand_back(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    service.hand_back(desk, ticket, by=person.userid)
    return f"{ticket.number} 已交回，机器人接着回。"


def _note(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    service.note(desk, ticket, by=person.userid, text=rest)
    return f"{ticket.number} 备注已记，住户看不到。"


def _cancel(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    service.cancel(desk, ticket, by=person.userid, text=rest or None)
    return f"{ticket.number} 已撤销，住户已知道。"


def _close(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    service.close(desk, ticket, by=person.userid, text=rest or None)
    return f"{ticket.number} {STATE_WORDS[State(ticket.state)]}。"


def _pause(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    service.pause(desk, ticket, by=person.userid, reason=rest)
    return f"{ticket.number} 时限已暂停。"


def _resume(desk: Desk, ticket: Ticket, person: Staff, rest: str) -> str:
    service.resume(desk, ticket, by=person.userid)
    return f"{ticket.number} 时限继续计。"


Verb = Callable[[Desk, Ticket, Staff, str], str]

VERBS: dict[str, tuple[Action, Verb]] = {
    "接单": (Action.ACCEPT, _accept),
    "出发": (Action.DEPART, _depart),
    "到场": (Action.ARRIVE, _arrive),
    "到达": (Action.ARRIVE, _arrive),
    "回复": (Action.REPLY, _reply),
    "办结": (Action.RESOLVE, _resolve),
    "完成": (Action.RESOLVE, _resolve),
    "转派": (Action.TRANSFER, _transfer),
    "升级": (Action.ESCALATE, _escalate),
    "接管": (Action.TAKE_OVER, _take_over),
    "交回": (Action.HAND_BACK, _hand_back),
    "备注": (Action.NOTE, _note),
    "撤销": (Action.CANCEL, _cancel),
    "关闭": (Action.CLOSE, _close),
    "暂停": (Action.PAUSE, _pause),
    "恢复计时": (Action.RESUME, _resume),
}
