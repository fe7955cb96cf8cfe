"""Send surveys, take their answers, and open the child of a bad mark."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.customers.models import Resident
from handlers.desk import Desk
from handlers.surveys import anomalies, rules
from handlers.surveys.models import Survey
from handlers.surveys.rules import Mark
from handlers.tickets import assignment, links, notices, service
from handlers.tickets.models import Action, Category, State, Ticket
from handlers.tickets.opening import Wish, open_ticket, record
from notifier.models import Channel
from notifier.outbox import Outgoing, put

SECOND = 2


def schedule(desk: Desk, ticket: Ticket) -> Survey | None:
    """One survey a case, when it is 办结; the rules may say when, or that there is none."""
    if of_ticket(desk.session, ticket.id) is not None:
        return None
    survey = Survey(
        ticket_id=ticket.id,
        openid=ticket.openid,
        household_key=ticket.account_index or ticket.openid,
        round=_round_of(desk, ticket),
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
    """Record an answer once; a bad mark opens a child ticket, which is returned."""
    if survey.answered_at is not None:
        return None
    survey.answered_at, survey.due_at = desk.now, None
    survey.score = mark.score
    survey.is_solved = mark.is_solved if mark.is_solved is not None else True
    if mark.is_solved is None and rules.is_bad(mark, desk.tables.surveys):
        survey.is_solved = None
    survey.comment, survey.answered_from = comment, came_from
    ticket = service.get(desk, desk.session.get_one(Ticket, survey.ticket_id).number)
    survey.flags = anomalies.flags(desk, survey, ticket)
    if ticket.state == State.RESOLVED:
        service.close(desk, ticket, by="resident", text=None)
    record(desk, ticket, Action.SURVEY, by="resident", text="answered", is_public=False)
    if not rules.is_bad(mark, desk.tables.surveys):
        return None
    child = _open_child(desk, ticket, survey, mark, comment)
    survey.child_ticket_id = child.id
    return child


def of_ticket(session: Session, ticket_id: int) -> Survey | None:
    return session.scalar(sa.select(Survey).where(Survey.ticket_id == ticket_id))


def _open_child(
    desk: Desk, ticket: Ticket, survey: Survey, mark: Mark, comment: str | None
) -> Ticket:
    """To the responsible A and, as a copy, to the team leader; the closer does not judge himself."""
    is_unsolved = mark.is_solved is False
    category = Category(ticket.category) if is_unsolved else Category.COMPLAINT
    words = comment or ("住户说没有解决" if is_unsolved else f"评价 {mark.score} 分")
    child, _ = open_ticket(
        desk,
        Wish(
            category=category,
            text=f"【{ticket.number} 差评】{words}\n原来的诉求：{ticket.text}",
            intent="rate_service",
            openid=ticket.openid,
            community_code=ticket.community_code,
            place_text=ticket.place_text,
            building=ticket.building,
            name=ticket.name,
            phone=ticket.phone,
            account_number=ticket.account_number,
            parent_id=ticket.id,
            keeps_apart=True,
            fields={"survey_round": survey.round},
        ),
    )
    if ticket.grid_code and (person := assignment.responsible(desk, ticket.grid_code)):
        child.assignee, child.assignee_userid = person, person.userid
        child.assigned_because = "差评由网格责任人处理"
        child.state = State.ASSIGNED
    _copy_to_leader(desk, ticket, child)
    if survey.round >= SECOND:
        child.is_supervised = True
        child.escalation_level = len(notices.LEVELS) + 1
        notices.escalated(desk, child, "同一件事第二次差评，转督办")
    return child


def _copy_to_leader(desk: Desk, ticket: Ticket, child: Ticket) -> None:
    if ticket.station_code is None:
        return
    leader = assignment.team_leader(desk, ticket.station_code, but=ticket.assignee_userid)
    people = [p for p in (child.assignee, leader) if p is not None]
    put(
        desk.session,
        [notices.card(desk, child, person, "bad_mark") for person in people],
        now=desk.now,
    )


def _round_of(desk: Desk, ticket: Ticket) -> int:
    parent = _rated_parent(desk, ticket)
    return parent.round + 1 if parent is not None else 1


def _rated_parent(desk: Desk, ticket: Ticket) -> Survey | None:
    """The survey whose bad mark opened this ticket; a report of an incident has none."""
    survey = of_ticket(desk.session, ticket.parent_id) if ticket.parent_id else None
    return survey if survey is not None and survey.child_ticket_id == ticket.id else None


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
    if _rated_parent(desk, ticket) is None and _recent(desk, ticket) >= rule.household_cap:
        return "近期已回访"
    return ""


def _recent(desk: Desk, ticket: Ticket) -> int:
    since = desk.now - timedelta(days=desk.tables.surveys.cap_days)
    key = ticket.account_index or ticket.openid
    query = sa.select(sa.func.count()).where(Survey.household_key == key, Survey.sent_at >= since)
    return desk.session.scalar(query) or 0
