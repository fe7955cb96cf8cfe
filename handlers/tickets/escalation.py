"""Nobody takes a ticket: to B, the team leader, the station head, the command centre; page again."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from config.sla import Span, Unit
from handlers.desk import Desk
from handlers.grid.models import Role
from handlers.tickets import assignment, clock_rules, notices, recipients, service
from handlers.tickets.digests import Gathered, digest, line_of
from handlers.tickets.events import TicketChanged
from handlers.tickets.models import Action, Category, Priority, State, Ticket, TicketEvent
from handlers.tickets.opening import record
from handlers.tickets.queries import is_active
from notifier.outbox import Outgoing, put

WAITING = (State.OPEN, State.ASSIGNED, State.REOPENED)
# Step 0 hands to B; the others are the ticket's escalation levels 1, 2 and 3.
LEVELS = (Role.TEAM_LEADER, Role.STATION_HEAD, Role.COMMAND_CENTER)
LEVEL_WORDS = ("班长", "站长", "供电服务指挥中心督办")
GRIDBOT = "gridbot"
LIMIT = 500


def escalate_unaccepted(desk: Desk) -> int:
    """Move tickets nobody accepted up the ladder of routing.toml; returns how many steps."""
    told = Gathered()
    steps = sum(_climb(desk, ticket, told) for ticket in _unaccepted(desk))
    put(desk.session, _messages(desk, told), now=desk.now)
    return steps


def page_again(desk: Desk) -> int:
    """Page for danger every few minutes until someone acknowledges; returns how many tickets."""
    pause = timedelta(minutes=desk.tables.routing.rules.page_again_minutes)
    is_danger = sa.or_(
        Ticket.priority == Priority.P0,
        sa.and_(Ticket.priority == Priority.P1, Ticket.category == Category.HAZARD),
    )
    query = (
        sa.select(Ticket)
        .where(
            is_active(),
            is_danger,
            Ticket.acknowledged_at.is_(None),
            sa.func.coalesce(Ticket.paged_at, Ticket.created_at) <= desk.now - pause,
        )
        .order_by(Ticket.id)
        .limit(LIMIT)
    )
    tickets = desk.session.scalars(query.with_for_update(of=Ticket, skip_locked=True)).all()
    for ticket in tickets:
        # Beside the version: a page must not make the acceptance it asks for a conflict.
        desk.session.execute(
            sa.update(Ticket).where(Ticket.id == ticket.id).values(paged_at=desk.now)
        )
        put(desk.session, notices.page(desk, ticket, with_assignee=True), now=desk.now)
    return len(tickets)


def _unaccepted(desk: Desk) -> list[Ticket]:
    shortest = min((minutes[0] for minutes in desk.tables.routing.escalation.values()), default=0)
    query = (
        sa.select(Ticket)
        .where(
            Ticket.state.in_(WAITING),
            Ticket.accepted_at.is_(None),
            Ticket.escalation_level < len(LEVELS),
            Ticket.created_at <= desk.now - timedelta(minutes=shortest),
        )
        .order_by(Ticket.priority, Ticket.id)
        .limit(LIMIT)
    )
    if not desk.tables.calendar.is_open(desk.tables.sla.humane_calendar, desk.now):
        query = query.where(Ticket.priority.in_(recipients.URGENT))
    return list(desk.session.scalars(query.with_for_update(of=Ticket, skip_locked=True)))


def _climb(desk: Desk, ticket: Ticket, told: Gathered) -> int:
    """Take every step whose time has come and whose people can be told now."""
    since, was_handed = _waiting_since(desk, ticket)
    minutes = desk.tables.routing.escalation[ticket.priority]
    waited = _waited(desk, ticket, since)
    reached = [step for step, after in enumerate(minutes) if waited >= timedelta(minutes=after)]
    if not reached:
        return 0
    if ticket.station_code is None:
        return _raise_to(desk, ticket, len(LEVELS), minutes[0], told)
    taken = 0
    if 0 in reached and not was_handed and ticket.escalation_level == 0:
        taken += _hand_to_deputy(desk, ticket, minutes[0])
    for level in reached:
        if level > ticket.escalation_level:
            taken += _raise_to(desk, ticket, level, minutes[level], told)
    return taken


def _waiting_since(desk: Desk, ticket: Ticket) -> tuple[datetime, bool]:
    """Since when it waits for an acceptance, and whether it was handed to B in this time."""
    query = (
        sa.select(TicketEvent.at, TicketEvent.action, TicketEvent.by)
        .where(
            TicketEvent.ticket_id == ticket.id,
            TicketEvent.action.in_((Action.REOPEN, Action.ASSIGN, Action.TRANSFER)),
        )
        .order_by(TicketEvent.id)
    )
    since, was_handed = ticket.created_at, False
    for moment, action, by in desk.session.execute(query):
        if action == Action.REOPEN or by != GRIDBOT:
            since, was_handed = moment, False
        elif action == Action.TRANSFER:
            was_handed = True
    return since, was_handed


def _waited(desk: Desk, ticket: Ticket, since: datetime) -> timedelta:
    """Danger and outages wait in any hour, the rest only in humane ones."""
    if ticket.priority in recipients.URGENT:
        return desk.now - since
    humane = Span(1, Unit.WORKING_HOURS, desk.tables.sla.humane_calendar)
    return clock_rules.elapsed(since, desk.now, humane, desk.tables.calendar)


def _hand_to_deputy(desk: Desk, ticket: Ticket, minutes: int) -> int:
    second = assignment.deputy(desk, ticket)
    if second is None:
        return 0
    before = ticket.assignee.name if ticket.assignee else "负责人"
    reason = f"{before}{minutes}分钟没有接单，转B角"
    service.transfer(desk, ticket, to=second.userid, by=GRIDBOT, text=reason)
    return 1


def _raise_to(desk: Desk, ticket: Ticket, level: int, minutes: int, told: Gathered) -> int:
    """Escalate to a level where someone of it can be told; else it waits for their shift."""
    wanted = recipients.people(desk, ticket, LEVELS[level - 1])
    others = [person for person in wanted if person.userid != ticket.assignee_userid]
    people = recipients.reachable(desk, ticket, others)
    if not people:
        return 0
    reason = f"{minutes}分钟没有人接单，报{LEVEL_WORDS[level - 1]}"
    ticket.escalation_level = level
    ticket.is_supervised = ticket.is_supervised or level == len(LEVELS)
    record(
        desk,
        ticket,
        Action.ESCALATE,
        by=GRIDBOT,
        text=reason,
        is_public=False,
        facts={"level": level, "to": [person.userid for person in people]},
    )
    desk.record(TicketChanged(ticket.id, Action.ESCALATE, GRIDBOT))
    for person in people:
        told.add(person, line_of(desk, ticket, reason, str(level)))
    return 1


def _messages(desk: Desk, told: Gathered) -> list[Outgoing]:
    """A card for each urgent ticket, and for a single one; a digest for what else a person has."""
    found: list[Outgoing] = []
    for person, lines in told.each():
        urgent = [line for line in lines if line.priority in recipients.URGENT]
        calm = [line for line in lines if line.priority not in recipients.URGENT]
        single = urgent + (calm if len(calm) == 1 else [])
        found += [
            notices.card(desk, line.ticket, person, "ticket_escalated", because=line.words)
            for line in single
            if line.ticket is not None
        ]
        if len(calm) > 1:
            found.append(digest(desk, person, "ticket_escalations", calm))
    return found
