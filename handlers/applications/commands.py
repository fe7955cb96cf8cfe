"""What staff write about applications in the WeCom application: stages, papers, live work."""

import re
from collections.abc import Callable

from handlers.applications import materials, papers, service
from handlers.applications.models import PaperState
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.tickets import commands as tickets
from handlers.tickets.models import Action, Ticket
from handlers.tickets.rules import NUMBER

COMMAND = re.compile(r"^\s*(环节|缺料|收料|带电)\s*[:：]?\s*(T\d{13,})?\s*(.*)$", re.DOTALL)
BUTTONS = frozenset({"stage", "papers"})
PAPER_WORDS = {
    PaperState.WANTED: "没交",
    PaperState.SENT: "待核对",
    PaperState.ACCEPTED: "已核对",
    PaperState.RETURNED: "已退回",
}
BETWEEN = re.compile(r"[、,，;；]+")
NEEDS_NUMBER = "请带上单号，例如：环节 T… 现场勘查"
STAGES = "{number} 的环节：\n{lines}\n做完一个请发：环节 {number} {stage}"
ALL_DONE = "{number} 的环节都做完了，请发「办结 {number} 结果」。"
DONE = "{number} {stage}已完成，住户已知道。{following}"
FOLLOWING = "接下来：{stage}。"
RETURNED = "{number} 已告诉住户要补：{missing}。时限暂停，补齐了请发「收料 {number}」。"
TAKEN = "{number} 材料已齐。"
STILL = "{number} 已记下，还缺：{missing}。"
LIVE = "{number} 已记为{words}，时限和环节已改，住户已知道。"
PRESSED_PAPERS = (
    "要补哪样材料？请发：缺料 {number} 材料名 原因；几样用「、」隔开，一次写全。\n现在：{lines}"
)
LIVE_USAGE = "能带电拆吗？请发：带电 {number} 能，或：带电 {number} 不能"


def answer(desk: Desk, userid: str, text: str, quoted: str = "") -> str | None:
    """Do what was written about an application; None where it is no such command."""
    match = COMMAND.match(text)
    if match is None:
        return None
    person = tickets.staff(desk, userid)
    found = NUMBER.search(quoted)
    number = match[2] or (found[0] if found else "")
    if not number:
        raise DomainError(NEEDS_NUMBER)
    ticket = tickets.ticket_for(desk, person, number, Action.NOTE)
    return VERBS[match[1]](desk, ticket, person.userid, match[3].strip())


def press(desk: Desk, userid: str, key: str, number: str) -> str:
    """A button of an application's card: the running stage is done, or papers are asked about."""
    person = tickets.staff(desk, userid)
    ticket = tickets.ticket_for(desk, person, number, Action.NOTE)
    if key == "stage":
        return _stage(desk, ticket, person.userid, "完成")
    rows = papers.of(desk, ticket)
    lines = "；".join(f"{row.name}（{PAPER_WORDS[PaperState(row.state)]}）" for row in rows)
    return PRESSED_PAPERS.format(number=number, lines=lines or "没有登记材料")


def _stage(desk: Desk, ticket: Ticket, by: str, rest: str) -> str:
    """环节: without a name the list, with one it is done; what follows the name is told too."""
    rows = service.stages_of(desk, ticket)
    if not rows:
        raise DomainError(service.NOT_AN_APPLICATION)
    running = [row.stage for row in rows if row.started_at and row.done_at is None]
    if not running:
        return ALL_DONE.format(number=ticket.number)
    named = next((name for name in running if rest.startswith(name)), "")
    if not named and rest in {"完成", "好了", "下一步"}:
        named = running[0]
    if not named:
        lines = "\n".join(f"{_mark(row.done_at, row.started_at)} {row.stage}" for row in rows)
        return STAGES.format(number=ticket.number, lines=lines, stage=running[0])
    note = rest.removeprefix(named).strip(" ，,：:") if rest.startswith(named) else ""
    done = service.advance(desk, ticket, named, by=by, note=note)
    stage = str(ticket.fields.get("stage") or "")
    following = FOLLOWING.format(stage=stage) if stage else ""
    return DONE.format(number=ticket.number, stage=done.stage, following=following)


def _return(desk: Desk, ticket: Ticket, by: str, rest: str) -> str:
    """缺料: every missing paper, separated by 、, and the reason after a space."""
    names, _, reason = rest.partition(" ")
    missing = [name for name in BETWEEN.split(names) if name]
    materials.return_for(desk, ticket, missing, by=by, reason=reason.strip())
    return RETURNED.format(number=ticket.number, missing="、".join(missing))


def _take(desk: Desk, ticket: Ticket, by: str, rest: str) -> str:
    """收料: all papers, or the named ones."""
    names = [name for name in BETWEEN.split(rest) if name] or None
    left = materials.take_materials(desk, ticket, by=by, names=names)
    if left:
        return STILL.format(number=ticket.number, missing="、".join(left))
    return TAKEN.format(number=ticket.number)


def _live(desk: Desk, ticket: Ticket, by: str, rest: str) -> str:
    """带电: whether the meter comes off without an outage decides between 3 and 8 days."""
    answers = {"能": True, "可以": True, "不能": False, "不可以": False, "不行": False}
    if rest not in answers:
        raise DomainError(LIVE_USAGE.format(number=ticket.number))
    service.set_live_work(desk, ticket, possible=answers[rest], by=by)
    words = "带电拆除" if answers[rest] else "停电拆除"
    return LIVE.format(number=ticket.number, words=words)


def _mark(done_at: object, started_at: object) -> str:
    return "✓" if done_at else ("→" if started_at else "·")


VERBS: dict[str, Callable[[Desk, Ticket, str, str], str]] = {
    "环节": _stage,
    "缺料": _return,
    "收料": _take,
    "带电": _live,
}
