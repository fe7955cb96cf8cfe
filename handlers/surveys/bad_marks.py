"""The child of a bad mark: to the responsible person, and to a supervisor who is not the closer."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.desk import Desk
from handlers.grid import queries as grid
from handlers.grid.models import Role, Staff
from handlers.surveys.models import Survey
from handlers.tickets import assignment, evidence, notices
from handlers.tickets.models import Action, Category, State, Ticket
from handlers.tickets.opening import Wish, open_ticket, record
from notifier.outbox import put

SECOND = 2
BECAUSE = "差评由网格责任人处理"


def open_child(desk: Desk, ticket: Ticket, survey: Survey, comment: str | None) -> Ticket:
    """Category as the parent's if it is not solved, else a complaint (CONTRACT.md, Ticket)."""
    is_unsolved = survey.is_solved is False
    category = Category(ticket.category) if is_unsolved else Category.COMPLAINT
    words = comment or ("住户说没有解决" if is_unsolved else f"评价 {survey.score} 分")
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
        child.assigned_because = BECAUSE
        child.state = State.ASSIGNED
        facts = {"to": person.userid}
        record(desk, child, Action.ASSIGN, by="gridbot", text=BECAUSE, facts=facts)
    _tell(desk, ticket, child)
    if survey.round >= SECOND:
        child.is_supervised = True
        child.escalation_level = len(notices.LEVELS) + 1
        notices.escalated(desk, child, "同一件事第二次差评，转督办")
    return child


def supervisor(desk: Desk, ticket: Ticket) -> Staff | None:
    """A team leader who did not close the rated case, else the station head, else the centre."""
    closer = evidence.closer_of(desk, ticket)
    station = ticket.station_code
    if station is not None:
        leader = assignment.team_leader(desk, station, but=closer)
        heads = grid.station_staff(desk.session, station, Role.STATION_HEAD)
        found = [leader, *heads]
    else:
        found = []
    found += grid.command_center(desk.session)
    return next((one for one in found if one is not None and one.userid != closer), None)


def round_of(desk: Desk, ticket: Ticket) -> int:
    parent = rated_parent(desk, ticket)
    return parent.round + 1 if parent is not None else 1


def rated_parent(desk: Desk, ticket: Ticket) -> Survey | None:
    """The survey whose bad mark opened this ticket; a report of an incident has none."""
    survey = _survey_of(desk.session, ticket.parent_id) if ticket.parent_id else None
    return survey if survey is not None and survey.child_ticket_id == ticket.id else None


def _tell(desk: Desk, ticket: Ticket, child: Ticket) -> None:
    told = {one.userid: one for one in (child.assignee, supervisor(desk, ticket)) if one}
    cards = [notices.card(desk, child, person, "bad_mark") for person in told.values()]
    put(desk.session, cards, now=desk.now)


def _survey_of(session: Session, ticket_id: int) -> Survey | None:
    return session.scalar(sa.select(Survey).where(Survey.ticket_id == ticket_id))
