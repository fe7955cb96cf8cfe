"""The file of a supervised case (督办): everything of one ticket as a PDF."""

import sqlalchemy as sa
from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import LEADING, only, person
from bot.parts import Parts
from handlers.desk import Desk
from handlers.errors import NotFoundError
from handlers.grid.models import Staff
from handlers.masking import mask_text
from handlers.surveys import service as surveys
from handlers.tickets import deadlines, service
from handlers.tickets.models import Action, Category, State, Ticket
from handlers.tickets.rules import CATEGORY_WORDS, STATE_WORDS

DONE = {
    Action.OPENED: "受理",
    Action.ASSIGN: "分派",
    Action.ACCEPT: "接单",
    Action.DEPART: "出发",
    Action.ARRIVE: "到场",
    Action.REPLY: "回复住户",
    Action.NOTE: "备注",
    Action.RESOLVE: "办结",
    Action.CLOSE: "关闭",
    Action.CANCEL: "撤销",
    Action.TRANSFER: "转派",
    Action.MERGE: "合并",
    Action.SPLIT: "拆分",
    Action.UNMERGE: "取消合并",
    Action.MISROUTE: "派错退回",
    Action.ESCALATE: "升级",
    Action.RAISE: "升为最急件",
    Action.REOPEN: "重新处理",
    Action.URGE: "催办",
    Action.ADD: "住户补充",
    Action.PAUSE: "暂停计时",
    Action.RESUME: "恢复计时",
    Action.PROMISE: "承诺时间",
    Action.TAKE_OVER: "接管聊天",
    Action.HAND_BACK: "交回机器人",
    Action.WARN: "时限提醒",
    Action.SURVEY: "回访",
    Action.TRIAGE: "分诊",
}

TIMES: dict[bool | None, str] = {True: "及时", False: "不及时"}
MANNERS: dict[int | None, str] = {5: "态度好", 3: "态度一般", 1: "态度不好"}


def register(wall: Blueprint, parts: Parts) -> None:
    @wall.get("/cases/<number>.pdf")
    @only(*LEADING)
    def case_file(number: str) -> ResponseReturnValue:
        who = person()
        with parts.working() as desk:
            try:
                ticket = service.get(desk, number, lock=False)
            except NotFoundError:
                abort(404)
            if not who.may_see(ticket):
                abort(404)
            audit.write(
                desk.session,
                actor=who.userid,
                action="case_file",
                subject=ticket.number,
                now=desk.now,
            )
            content = _file(desk, ticket)
        answer = Response(content, content_type="application/pdf")
        answer.headers["Content-Disposition"] = f"attachment; filename=case-{ticket.number}.pdf"
        return answer


def _file(desk: Desk, ticket: Ticket) -> bytes:
    from bot.dashboard.pdf import Document  # noqa: PLC0415 - loads images and fonts

    page = Document(f"督办案卷 {ticket.number}", "", f"{desk.now:%Y-%m-%d %H:%M} 生成")
    page.big(f"督办案卷 {ticket.number}", CATEGORY_WORDS[Category(ticket.category)])
    page.grid(("项目", "内容"), _facts(ticket), (1, 4))
    page.heading("诉求")
    page.words(mask_text(ticket.text, ticket.name))
    page.heading("经过")
    page.grid(("时间", "经办", "动作", "内容"), _story(desk, ticket), (1.4, 1, 0.9, 4))
    page.heading("时限")
    for line in deadlines.explain_lines(desk, ticket):
        page.words(line)
    page.heading("住户的评价")
    for line in _marks(desk, ticket):
        page.words(line)
    return bytes(page.output())


def _facts(ticket: Ticket) -> list[tuple[str, str]]:
    return [
        ("状态", STATE_WORDS[State(ticket.state)]),
        ("优先级", ticket.priority),
        ("地点", ticket.place_text + (f"{ticket.building}栋" if ticket.building else "")),
        ("负责人", ticket.assignee.name if ticket.assignee else "无人"),
        ("受理", f"{ticket.reported_at:%Y-%m-%d %H:%M}"),
        ("办结", f"{ticket.resolved_at:%Y-%m-%d %H:%M}" if ticket.resolved_at else "未办结"),
        ("结果", mask_text(ticket.result or "—", ticket.name)),
        ("原因", ticket.root_cause or "未填"),
        ("上级工单", ticket.parent.number if ticket.parent else "—"),
    ]


def _story(desk: Desk, ticket: Ticket) -> list[tuple[str, str, str, str]]:
    """What happened, by the names of who did it."""
    userids = {event.by for event in ticket.events}
    staff = desk.session.execute(
        sa.select(Staff.userid, Staff.name).where(Staff.userid.in_(userids))
    )
    names = {"resident": "住户", "gridbot": "系统"} | {row[0]: row[1] for row in staff}
    return [
        (
            f"{event.at:%m-%d %H:%M}",
            names.get(event.by, event.by),
            DONE.get(Action(event.action), event.action),
            mask_text(event.text or "", ticket.name),
        )
        for event in ticket.events
    ]


def _marks(desk: Desk, ticket: Ticket) -> list[str]:
    """The survey of the case and of every case it had as a child."""
    children = desk.session.scalars(
        sa.select(Ticket).where(Ticket.parent_id == ticket.id).order_by(Ticket.id)
    )
    found = []
    for one in (*([ticket.parent] if ticket.parent else []), ticket, *children):
        survey = surveys.of_ticket(desk.session, one.id)
        if survey is None or survey.answered_at is None:
            found.append(f"{one.number}：没有评价")
            continue
        score = f"{survey.score} 分" if survey.score else "没打分"
        solved = {True: "解决了", False: "没解决"}.get(survey.is_solved, "没说解决没有")  # type: ignore[arg-type]
        words = f"，{mask_text(survey.comment, ticket.name)}" if survey.comment else ""
        more = "".join(
            f"，{text}"
            for text in (TIMES.get(survey.was_in_time), MANNERS.get(survey.attitude))
            if text
        )
        found.append(f"{one.number}（第{survey.round}次）：{score}，{solved}{more}{words}")
    return found
