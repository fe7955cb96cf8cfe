"""Sentences about applications: what was understood, what follows by when, which papers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from config.services import Material, Moment, Service
from handlers.applications import stage_rules
from handlers.applications.models import ApplicationStage
from handlers.desk import Desk
from handlers.grid.places import Where
from handlers.tickets import words
from handlers.tickets.models import Ticket

RESUMED = "接着您上次填的。"
CHECK = "{title}，请核对："
CONFIRM = "没问题回「确认」提交；要改就回「改电话」「改地址」这样。"
CONFIRM_PHONE = "对的话回个手机号就提交（不留电话回「确认」）；要改就回「改地址」这样。"
NOTED = "记下了，一起交给客户经理。{ask}"
ALSO = "{what}也可以一起发。"
SUBMITTED = "{when}{who}联系您。\n{place}的{title}已提交，单号 {number}。"
NEXT = "接下来：{stages}。"
HOW_LONG = "今天提交的话：{stages}。"
UNDO = "{minutes}分钟内想撤回，回「撤回」。"
MATERIALS = "要的材料，拍照发到这里就行："
MATERIALS_LATER = "要的材料（先不急，提交后拍照发来就行）："
SENT = "已收到：{names}。"
NO_MATERIALS = "这一项不用准备材料。"
ALREADY = "您的{title}已经在办：{number}，{who}负责。{stage}\n刚才说的也记上了。给另一处办，请带上小区和门牌再说一次。"
NOW_AT = "现在到「{stage}」。"
COMMAND = "供电服务指挥中心"


def day(moment: datetime, now: datetime) -> str:
    """`明天` or `12月3日`: the clocks of stages end with a day's office hours."""
    return words.clock(moment, now)[:-5]


def numbered(lines: Sequence[str], lead: str) -> str:
    return "\n".join([lead, *(f"{number} {line}" for number, line in enumerate(lines, 1))])


def materials(wanted: Sequence[Material], lead: str = MATERIALS) -> str:
    """The list of papers, numbered."""
    return numbered([one.name for one in wanted], lead) if wanted else NO_MATERIALS


def sends_off(*, has_phone: bool) -> str:
    """What an answer to the summary does."""
    return CONFIRM if has_phone else CONFIRM_PHONE


def summary(title: str, shown: str, notes: list[str], *, has_phone: bool, lacks: str) -> str:
    """All that was understood, and what sends it off."""
    ask = sends_off(has_phone=has_phone)
    also = ALSO.format(what=lacks) if lacks else ""
    return "\n".join([CHECK.format(title=title), shown, *notes, f"{ask}{also}"])


def submitted(
    desk: Desk,
    ticket: Ticket,
    service: Service,
    where: Where,
    facts: Mapping[str, object],
    stages: list[ApplicationStage],
) -> str:
    """Who calls by when, the number, the way ahead, papers, and how to take it back."""
    parts = [_who_and_when(desk, ticket, service, where)]
    if stages:
        parts.append(NEXT.format(stages=_way(stages, desk.now)))
    parts += _papers(ticket, [one.name for one in stage_rules.materials_for(service, facts)])
    parts += stage_rules.notes_for(service, facts, Moment.SUBMITTED)
    parts.append(UNDO.format(minutes=desk.tables.routing.rules.undo_minutes))
    return "\n".join(parts)


def _papers(ticket: Ticket, names: list[str]) -> list[str]:
    """What is to be sent, and what came with the form."""
    missing = [str(name) for name in ticket.fields.get("missing", [])]
    sent = [name for name in names if name not in missing]
    lines = [numbered(missing, MATERIALS)] if missing else []
    return [*lines, SENT.format(names="、".join(sent))] if sent else lines


def already(service: Service, ticket: Ticket, notes: list[str]) -> str:
    """An application of this kind is under way."""
    who = ticket.assignee.name if ticket.assignee else COMMAND
    stage = str(ticket.fields.get("stage") or "")
    said = ALREADY.format(
        title=ticket.fields.get("title") or service.title,
        number=ticket.number,
        who=who,
        stage=NOW_AT.format(stage=stage) if stage else "",
    )
    return "\n".join([said, *notes])


def time_needed(planned: Sequence[stage_rules.Planned]) -> str:
    """By when each stage would be done, if it were handed in now."""
    ways = [f"{one.name}（{_day(one.due)}前）" if one.due else one.name for one in planned]
    return HOW_LONG.format(stages=" → ".join(ways))


def _day(moment: datetime) -> str:
    return f"{moment.month}月{moment.day}日"


def standing(stages: list[ApplicationStage]) -> str:
    """Where an application is, leg by leg: 「核对身份（最晚11月30日）；现场查看（最晚12月7日）」.

    It is kept on the ticket, so its days are those of the calendar, not 「明天」.
    """
    running = [one for one in stages if one.started_at is not None and one.done_at is None]
    return "；".join(
        f"{one.stage}（最晚{one.due_at.month}月{one.due_at.day}日）" if one.due_at else one.stage
        for one in running
    )


def _way(stages: list[ApplicationStage], now: datetime) -> str:
    """The stages in order; legs go on side by side."""
    legs = list(dict.fromkeys(one.leg for one in stages))
    ways = (" → ".join(_with_day(s, now) for s in stages if s.leg == leg) for leg in legs)
    return "；同时 ".join(ways)


def _with_day(stage: ApplicationStage, now: datetime) -> str:
    return (
        f"{stage.stage}（最晚{day(stage.due_at, now)}）"
        if stage.due_at is not None
        else stage.stage
    )


def _who_and_when(desk: Desk, ticket: Ticket, service: Service, where: Where) -> str:
    if ticket.grid_code is None:
        return words.taken_down(desk, ticket, where, is_new=True)
    due = words.due_text(ticket, desk.now, "first_contact")
    return SUBMITTED.format(
        when=f"{due}前" if due else "",
        who=ticket.assignee.name if ticket.assignee else COMMAND,
        place=where.text or ticket.place_text,
        title=ticket.fields.get("title") or service.title,
        number=ticket.number,
    )
