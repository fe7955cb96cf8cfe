"""Pictures of papers that a resident sends: each is put to its paper, and the next is asked for."""

import re
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from config.services import Service
from handlers.applications import materials, papers, stage_rules
from handlers.applications.forms import facts_of
from handlers.applications.models import ApplicationPaper, PaperState
from handlers.desk import Desk
from handlers.dialogue.answers import bare
from handlers.dialogue.turn import Reply, Turn
from handlers.tickets.contact import open_of
from handlers.tickets.models import Action, Category, Media, Ticket
from handlers.tickets.opening import record

GOT = "收到，放在「{name}」。"
BACK_SIDE = "反面也拍一张；已经拍全了，回「下一样」。"
NEXT = "接着发「{name}」，还差{count}样。放错了说一声，例如「这是{example}」。"
ALL_THERE = "材料都齐了，{who}核对后告诉您。"
AHEAD = "收到，先放在「{name}」；不对的话说「这是{example}」。"
MOVED = "改好了，刚才那张放在「{name}」。"
SEND = "好的，请发「{name}」的照片。"
NOTHING_LACKS = "材料都收到了，{who}核对后告诉您。"
LIST = "{number} 的材料：\n{lines}"
SEND_NEXT = "接着发「{name}」的照片就行。"
STATE_WORDS = {
    PaperState.WANTED: "还没发",
    PaperState.SENT: "收到了，等核对",
    PaperState.ACCEPTED: "核对好了",
    PaperState.RETURNED: "要重发",
}
COMMAND = "供电服务指挥中心"
WITHOUT_PICTURES = frozenset({Category.CONSULT, Category.SUGGESTION, Category.PRAISE})
MAX_WORDS = 20  # characters; a longer text tells more than which paper it is
THIS = re.compile(
    r"^(?:不是|不对|错了)?(?:这|刚才|刚刚|上面|上一|前面|那|照片|图片|图)[^是]{0,6}(?:是|就是)|^还是"
)
COMES = re.compile(r"^(?:我?(?:现在|接着|下面|先|再|要|来))*(?:发|补|交|传|拍|重拍|重发|补发|补交)")
ON = frozenset(
    ["下一样", "下一个", "下一张", "拍全了", "就这些", "就一张", "没有反面", "够了", "拍好了"]
)
ASKS = re.compile(
    r"(?:缺|差|少|齐|收到|交|够|补)[^，。]{0,6}(?:材料|资料)|(?:材料|资料)[^，。]{0,6}(?:缺|差|少|齐|收到|够|补|到哪)"
    r"|^还(?:缺|差|要交|要补)(?:什么|啥|哪)"
)


def awaiting(desk: Desk, tickets: list[Ticket]) -> Ticket | None:
    """Of a resident's open tickets, newest first, the application whose paper a picture shows.

    A picture is of the newest matter that has pictures of its own; talk has none.
    """
    for ticket in tickets:
        if papers.awaited(desk, ticket) is not None:
            return ticket
        if ticket.category not in WITHOUT_PICTURES:
            return None
    return None


def take(desk: Desk, ticket: Ticket, media: Media) -> str:
    """Put a picture to the paper that was asked for; says what is next."""
    paper = papers.awaited(desk, ticket)
    if paper is None:
        return ""
    media.ticket_id, media.material = ticket.id, paper.name
    desk.session.flush()
    paper.state = PaperState.SENT
    has_all = papers.pictures(desk, ticket, paper.name) >= paper.pages
    if has_all:
        paper.asked_at = None
    else:
        papers.ask_for(desk, ticket, paper)
    record(desk, ticket, Action.ADD, by="resident", text=f"照片：{paper.name}")
    return f"{GOT.format(name=paper.name)}{_what_next(desk, ticket, '' if has_all else BACK_SIDE)}"


def take_ahead(desk: Desk, form: dict[str, Any], media: Media) -> str:
    """A picture while the form is still open: of the first paper that has none; else nothing."""
    service = desk.tables.services.by_intent.get(str(form.get("intent")))
    if service is None or media.openid is None:
        return ""
    names = _names(service, form)
    shown = {one.material for one in _loose(desk, media.openid, desk.now - papers.ASKED_FOR)}
    name = next((name for name in names if name not in shown), "")
    if not name:
        return ""
    media.material = name
    other = next((one for one in names if one != name), name)
    return AHEAD.format(name=name, example=_short(other))


def say_which(turn: Turn, desk: Desk) -> Reply | None:
    """「这是物业证明」, 「下一样」, 「还缺什么材料」; None where the words are about no paper."""
    said = bare(turn.inbound.text)
    if not said or len(said) > MAX_WORDS:
        return None
    form = turn.memory.get("form")
    if isinstance(form, dict) and (reply := _relabel_ahead(turn, desk, form, said)) is not None:
        return reply
    ticket = next((one for one in open_of(desk, turn.user_id) if papers.of(desk, one)), None)
    if ticket is None:
        return None
    if ASKS.search(said):
        return Reply(_listing(desk, ticket))
    if said in ON:
        return _go_on(desk, ticket)
    paper = papers.named(desk, ticket, said)
    if paper is None or not (
        THIS.search(said) or COMES.search(said) or _is_name(desk, ticket, paper, said)
    ):
        return None
    if THIS.search(said) or not COMES.search(said):
        last = _last_picture(desk, turn.user_id, ticket)
        if last is not None:
            return _move(desk, ticket, last, paper)
    papers.ask_for(desk, ticket, paper)
    return Reply(SEND.format(name=paper.name))


def _go_on(desk: Desk, ticket: Ticket) -> Reply:
    """Done with a paper before it had all its pictures."""
    for row in papers.of(desk, ticket):
        if row.state == PaperState.SENT:
            row.asked_at = None
    return Reply(_what_next(desk, ticket, ""))


def _move(desk: Desk, ticket: Ticket, last: Media, paper: ApplicationPaper) -> Reply:
    """The last picture shows another paper than it was taken for."""
    old = next((row for row in papers.of(desk, ticket) if row.name == last.material), None)
    last.material, last.ticket_id = paper.name, ticket.id
    desk.session.flush()
    if old is not None and old is not paper:
        old.asked_at = None
        if not papers.pictures(desk, ticket, old.name):
            old.state = PaperState.RETURNED if old.reason else PaperState.WANTED
    paper.state, paper.asked_at = PaperState.SENT, None
    return Reply(f"{MOVED.format(name=paper.name)}{_what_next(desk, ticket, '')}")


def _what_next(desk: Desk, ticket: Ticket, more: str) -> str:
    """The next paper to send; with the last one the clock runs on and the manager hears it."""
    had = [str(name) for name in ticket.fields.get("missing", [])]
    left = papers.note_missing(desk, ticket)
    if had and not left:
        materials.all_sent(desk, ticket)
    if more:
        return more
    who = ticket.assignee.name if ticket.assignee else COMMAND
    following = papers.awaited(desk, ticket)
    if not left or following is None:
        return ALL_THERE.format(who=who)
    example = _short(next((name for name in left if name != following.name), following.name))
    return NEXT.format(name=following.name, count=len(left), example=example)


def _listing(desk: Desk, ticket: Ticket) -> str:
    lines = []
    for number, row in enumerate(papers.of(desk, ticket), 1):
        why = f"（{row.reason}）" if row.state == PaperState.RETURNED and row.reason else ""
        lines.append(f"{number} {row.name}：{STATE_WORDS[PaperState(row.state)]}{why}")
    following = papers.awaited(desk, ticket)
    who = ticket.assignee.name if ticket.assignee else COMMAND
    last = SEND_NEXT.format(name=following.name) if following else NOTHING_LACKS.format(who=who)
    return LIST.format(number=ticket.number, lines="\n".join([*lines, last]))


def _relabel_ahead(turn: Turn, desk: Desk, form: dict[str, Any], said: str) -> Reply | None:
    """「这是产权证」 about a picture that came while the form was open; the question stands."""
    service = desk.tables.services.by_intent.get(str(form.get("intent")))
    if service is None or not THIS.search(said):
        return None
    since = desk.now - timedelta(minutes=desk.tables.services.picture_minutes)
    last = next(iter(_loose(desk, turn.user_id, since)), None)
    wanted = stage_rules.materials_for(service, facts_of(service, form.get("answers", {})))
    name = papers.named_among(said, [(one.name, one.words or (one.name,)) for one in wanted])
    if last is None or name is None:
        return None
    last.material = name
    question = form.get("question", "")
    text = MOVED.format(name=name)
    return Reply(f"{text}\n{question}" if question else text, is_final=False)


def _names(service: Service, form: dict[str, Any]) -> list[str]:
    facts = facts_of(service, form.get("answers", {}))
    return [one.name for one in stage_rules.materials_for(service, facts)]


def _loose(desk: Desk, openid: str, since: datetime) -> list[Media]:
    """Pictures that are on no ticket yet, the latest first."""
    query = sa.select(Media).where(
        Media.openid == openid,
        Media.ticket_id.is_(None),
        Media.kind == "image",
        Media.received_at >= since,
    )
    return list(desk.session.scalars(query.order_by(Media.id.desc())))


def _last_picture(desk: Desk, openid: str, ticket: Ticket) -> Media | None:
    since = desk.now - timedelta(minutes=desk.tables.services.picture_minutes)
    query = sa.select(Media).where(
        Media.openid == openid,
        Media.kind == "image",
        Media.received_at >= since,
        sa.or_(Media.ticket_id == ticket.id, Media.ticket_id.is_(None)),
    )
    return desk.session.scalars(query.order_by(Media.id.desc()).limit(1)).first()


def _is_name(desk: Desk, ticket: Ticket, paper: ApplicationPaper, said: str) -> bool:
    """Whether the text is the paper's name, or a word for it, and nothing else."""
    words = papers.words_of(desk, ticket, paper.name)
    return said == bare(paper.name) or said in words


def _short(name: str) -> str:
    return papers.IN_BRACKETS.sub("", name).split("，")[0]
