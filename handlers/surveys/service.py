"""Send surveys and take their answers."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.customers.models import Resident
from handlers.desk import Desk
from handlers.surveys import anomalies, bad_marks, rules
from handlers.surveys.models import Survey
from handlers.surveys.rules import Mark
from handlers.tickets import links, notices, service
from handlers.tickets.contact import REPAIRS
from handlers.tickets.models import Action, State, Ticket
from handlers.tickets.opening import add_words, record
from handlers.tickets.rules import ACTIVE
from notifier.models import Channel
from notifier.outbox import Outgoing, put

MAX_COMMENT = 1000
SORRY = (
    "对不住，让您不满意了。已交给{who}，{hours}小时内联系您，单号 {child}。\n"
    "也可以打 {regulator}（能源监管）反映。"
)


@dataclass(frozen=True, slots=True)
class Added:
    """What an answer after the mark set going."""

    child: Ticket | None = None
    reopened: Ticket | None = None


def schedule(desk: Desk, ticket: Ticket) -> Survey | None:
    """One survey a case, when it is 办结; the rules may say when, or that there is none."""
    if of_ticket(desk.session, ticket.id) is not None:
        return None
    survey = Survey(
        ticket_id=ticket.id,
        openid=ticket.openid,
        household_key=ticket.account_index or ticket.openid,
        round=bad_marks.round_of(desk, ticket),
        skipped_because=_skip_reason(desk, ticket),
        flags=[],
    )
    if not survey.skipped_because:
        survey.due_at = rules.due_at(
            desk.now,
            ticket.category,
            desk.tables.surveys,
            desk.tables.calendar,
            desk.survey_delay,
        )
    desk.session.add(survey)
    desk.session.flush()
    return survey


def send_due(desk: Desk) -> int:
    """Send every survey that is due, and the one reminder; returns how many messages."""
    due = desk.session.scalars(
        sa.select(Survey).where(Survey.due_at <= desk.now).order_by(Survey.due_at).limit(500)
    ).all()
    for survey in due:
        send(desk, survey)
    return len(due)


def send(desk: Desk, survey: Survey) -> None:
    """Send a survey, or its reminder if it was sent; the case is named, so people know which."""
    ticket = desk.session.get_one(Ticket, survey.ticket_id)
    survey.due_at = None
    if survey.openid is None or survey.answered_at or survey.skipped_because:
        return
    is_reminder = survey.sent_at is not None
    link = links.make(desk, "survey", ticket.number, openid=survey.openid)
    kind = "survey_reminder" if is_reminder else "survey"
    facts = notices.facts(desk, ticket) | {"result": ticket.result or ""}
    message = Outgoing(
        channel=Channel.OFFICIAL_ACCOUNT,
        target=survey.openid,
        kind=kind,
        payload={
            "text": desk.words.text(kind, "resident", facts),
            "link": link,
            "template": "survey",
            "values": {
                "matter": facts["matter"],
                "number": ticket.number,
                "time": f"{desk.now:%Y年%m月%d日 %H:%M}",
            },
        },
        key=f"{ticket.number}:{kind}",
        ticket_number=ticket.number,
    )
    put(desk.session, [message], now=desk.now)
    if is_reminder:
        survey.reminded_at = desk.now
    else:
        survey.sent_at = desk.now
        hours = desk.tables.surveys.reminder_hours
        survey.due_at = rules.out_of_the_night(
            desk.now + timedelta(hours=hours), desk.tables.surveys
        )
    record(desk, ticket, Action.SURVEY, by="gridbot", text=kind, is_public=False)


def waiting_for(desk: Desk, openid: str) -> Survey | None:
    """The latest survey sent to a resident and not answered within the days it stays open."""
    since = desk.now - timedelta(days=desk.tables.surveys.answer_days)
    query = (
        sa.select(Survey)
        .where(Survey.openid == openid, Survey.sent_at >= since, Survey.answered_at.is_(None))
        .order_by(Survey.sent_at.desc())
        .limit(1)
    )
    return desk.session.scalars(query).first()


def answer(
    desk: Desk, survey: Survey, mark: Mark, *, comment: str | None, came_from: str
) -> Ticket | None:
    """Record an answer once; a bad mark opens a child ticket, which is returned.

    What the answer does not speak of stays unknown: nothing is read into silence.
    """
    if survey.answered_at is not None:
        return None
    survey.answered_at, survey.due_at = desk.now, None
    survey.answered_from = came_from
    _fill_in(survey, mark, comment)
    ticket = _locked(desk, survey)
    survey.flags = anomalies.flags(desk, survey, ticket)
    if ticket.state == State.RESOLVED:
        service.close(desk, ticket, by="resident", text=None)
    record(desk, ticket, Action.SURVEY, by="resident", text="answered", is_public=False)
    return _child_of(desk, ticket, survey, comment)


def add(desk: Desk, survey: Survey, mark: Mark, *, comment: str | None) -> Added:
    """What was said after the mark; what is known already is never changed by it.

    Not solved after a good mark opens a repair again (CONTRACT.md, Ticket), of other matters a child.
    """
    child_id = survey.child_ticket_id
    was_unsolved = survey.is_solved is False
    _fill_in(survey, mark, comment)
    ticket = _locked(desk, survey)
    record(desk, ticket, Action.SURVEY, by="resident", text="added", is_public=False)
    if child_id is not None:
        child = desk.session.get_one(Ticket, child_id)
        if child.state in ACTIVE:
            add_words(desk, child, "评价补充：" + _told(mark, comment), by="resident")
        return Added()
    is_unsolved = survey.is_solved is False and not was_unsolved
    is_done = ticket.state in {State.RESOLVED, State.CLOSED}
    if is_unsolved and is_done and ticket.category in REPAIRS and not is_bad(desk, survey.score):
        service.reopen(desk, ticket, by="resident", text=comment or "住户说还没好")
        return Added(reopened=ticket)
    return Added(child=_child_of(desk, ticket, survey, comment))


def takes_more(desk: Desk, survey: Survey) -> bool:
    """Whether an answer may still be added to."""
    days = timedelta(days=desk.tables.surveys.answer_days)
    return survey.answered_at is not None and desk.now - survey.answered_at <= days


def sorry(desk: Desk, child: Ticket) -> str:
    """What whoever gave a bad mark is told: who calls, until when, and where else to turn."""
    who = f"{child.assignee.name}并通知上级" if child.assignee else "供电服务指挥中心"
    return SORRY.format(
        who=who,
        hours=desk.tables.surveys.contact_hours,
        child=child.number,
        regulator=desk.tables.contacts.regulator,
    )


def is_bad(desk: Desk, score: int | None) -> bool:
    """Whether a score alone is a bad mark."""
    return rules.is_bad(Mark(score), desk.tables.surveys)


def is_repair(ticket: Ticket) -> bool:
    """Whether somebody came to the house, so that one asks about the coming."""
    return ticket.category in REPAIRS or ticket.arrived_at is not None


def of_ticket(session: Session, ticket_id: int) -> Survey | None:
    return session.scalar(sa.select(Survey).where(Survey.ticket_id == ticket_id))


def _fill_in(survey: Survey, mark: Mark, comment: str | None) -> None:
    """Take what is new of an answer."""
    for name, said in (
        ("score", mark.score),
        ("is_solved", mark.is_solved),
        ("was_in_time", mark.was_in_time),
        ("attitude", mark.attitude),
    ):
        if getattr(survey, name) is None:
            setattr(survey, name, said)
    if comment:
        words = f"{survey.comment}；{comment}" if survey.comment else comment
        survey.comment = words[:MAX_COMMENT]


def _locked(desk: Desk, survey: Survey) -> Ticket:
    return service.get(desk, desk.session.get_one(Ticket, survey.ticket_id).number)


def _child_of(desk: Desk, ticket: Ticket, survey: Survey, comment: str | None) -> Ticket | None:
    mark = Mark(survey.score, survey.is_solved)
    if not rules.is_bad(mark, desk.tables.surveys):
        return None
    child = bad_marks.open_child(desk, ticket, survey, comment)
    survey.child_ticket_id = child.id
    return child


def _told(mark: Mark, comment: str | None) -> str:
    parts = [
        ("没弄好", mark.is_solved is False),
        ("来得慢", mark.was_in_time is False),
        ("态度不好", mark.attitude == rules.BAD_ATTITUDE),
    ]
    return "，".join([word for word, is_told in parts if is_told] + ([comment] if comment else []))


def _skip_reason(desk: Desk, ticket: Ticket) -> str:
    """Why this case is not surveyed; empty when it is."""
    rule = desk.tables.surveys
    if ticket.openid is None:
        return "没有微信"
    if ticket.category in rule.without or ticket.is_anonymous:
        return "此类不回访"
    resident = desk.session.get(Resident, ticket.openid)
    if resident is not None and not resident.wants_surveys:
        return "住户不要回访"
    if bad_marks.rated_parent(desk, ticket) is None and _recent(desk, ticket) >= rule.household_cap:
        return "近期已回访"
    return ""


def _recent(desk: Desk, ticket: Ticket) -> int:
    since = desk.now - timedelta(days=desk.tables.surveys.cap_days)
    key = ticket.account_index or ticket.openid
    query = sa.select(sa.func.count()).where(Survey.household_key == key, Survey.sent_at >= since)
    return desk.session.scalar(query) or 0
