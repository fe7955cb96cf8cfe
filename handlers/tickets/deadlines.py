"""When the stages of a ticket are due, which is next, and how far its clock has run."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from config.clock import CHINA
from config.sla import Stage
from handlers.desk import Desk
from handlers.grid.models import Community, CommunityKind
from handlers.tickets import clock_rules, explanation, promises, standstill
from handlers.tickets.clock_rules import Pause
from handlers.tickets.models import (
    Action,
    Category,
    ForceMajeure,
    State,
    Ticket,
    TicketEvent,
)
from handlers.tickets.rules import ACTIVE, CATEGORY_WORDS
from handlers.tickets.stage_rules import Clock, Deadline, Matter, Place, clocks_for


def set_due(
    desk: Desk, ticket: Ticket, *, place_kind: str = "", since: datetime | None = None
) -> None:
    """Work the deadlines of a ticket out anew: at its opening, reopening, pause and resumption."""
    start = since or started_at(desk, ticket)
    plan = explain(desk, ticket, place_kind=place_kind, since=start)
    ticket.due = {one.stage.value: one.due.isoformat(timespec="seconds") for one in plan}
    _set_next(desk, ticket, start)


def refresh(desk: Desk, ticket: Ticket) -> None:
    """Find the next deadline after a step: stages that were met drop out, promises are kept."""
    promises.settle(desk, ticket)
    _set_next(desk, ticket, started_at(desk, ticket))


def explain(
    desk: Desk, ticket: Ticket, *, place_kind: str = "", since: datetime | None = None
) -> list[Deadline]:
    """Every deadline of a ticket with its trace, the earliest first."""
    start = since or started_at(desk, ticket)
    place = place_of(desk, ticket, place_kind)
    return _plan(desk, ticket, place, start, standstill.declared(desk))


def explain_many(desk: Desk, tickets: Sequence[Ticket]) -> list[tuple[Ticket, list[Deadline]]]:
    """The same for many tickets, with a handful of queries for all of them."""
    reopened = last_reopened(desk, tickets)
    storms = standstill.declared(desk)
    codes = {ticket.community_code for ticket in tickets}
    query = sa.select(Community).where(Community.community_code.in_(codes - {None}))
    communities = {row.community_code: row for row in desk.session.scalars(query)}
    found = []
    for ticket in tickets:
        place = _place(desk, ticket, communities.get(ticket.community_code or ""))
        start = reopened.get(ticket.id) or min(ticket.reported_at, ticket.created_at)
        found.append((ticket, _plan(desk, ticket, place, start, storms)))
    return found


def explain_lines(desk: Desk, ticket: Ticket) -> list[str]:
    """The deadlines of a ticket in plain Chinese, interval by interval."""
    start = started_at(desk, ticket)
    heading = explanation.heading(
        f"{ticket.number} {CATEGORY_WORDS[Category(ticket.category)]}（{ticket.priority}）",
        start,
        is_paused=standstill.is_paused(ticket),
    )
    table = desk.tables.sla
    footer = f"依据：{table.source}，{table.effective_from:%Y年%m月%d日}起"
    found = explain(desk, ticket, since=start)
    if not found:
        return [*heading, "这类工单没有时限。"]
    parts = [explanation.lines(one, desk.tables.calendar, desk.now) for one in found]
    return [*heading, *(line for part in parts for line in part), footer]


def started_at(desk: Desk, ticket: Ticket) -> datetime:
    """When the clocks began: with the last reopening, else with the report."""
    reopened = last_reopened(desk, [ticket]).get(ticket.id)
    return reopened or min(ticket.reported_at, ticket.created_at)


def last_reopened(desk: Desk, tickets: Sequence[Ticket]) -> dict[int, datetime]:
    """When each of these tickets was last reopened, if ever."""
    rows = desk.session.execute(
        sa.select(TicketEvent.ticket_id, sa.func.max(TicketEvent.at))
        .where(
            TicketEvent.ticket_id.in_([ticket.id for ticket in tickets]),
            TicketEvent.action == Action.REOPEN,
        )
        .group_by(TicketEvent.ticket_id)
    )
    return {row[0]: row[1] for row in rows}


def place_of(desk: Desk, ticket: Ticket, place_kind: str = "") -> Place:
    """The place's kind by the registry, and whether sla.toml lists it as remote."""
    code = ticket.community_code
    return _place(desk, ticket, desk.session.get(Community, code) if code else None, place_kind)


def percent_used(desk: Desk, deadline: Deadline) -> int:
    """How much of a stage's time is gone, in percent of its counted time."""
    return clock_rules.percent(
        deadline.trace.since,
        desk.now,
        deadline.clock.span,
        desk.tables.calendar,
        deadline.pauses,
    )


def met_at(ticket: Ticket, stage: Stage, since: datetime) -> datetime | None:
    """When a stage was met; what happened before the clock began does not count."""
    moments = {
        Stage.FIRST_CONTACT: ticket.first_contact_at,
        Stage.ARRIVAL: ticket.arrived_at,
        Stage.RESTORATION: ticket.resolved_at,
        Stage.REPLY: ticket.resolved_at,
    }
    fitting = (moments[stage], ticket.resolved_at)
    return next((one for one in fitting if one is not None and one >= since), None)


def _matter(ticket: Ticket) -> Matter:
    return Matter(
        category=ticket.category,
        priority=ticket.priority,
        source=ticket.source_channel,
        intent=ticket.intent,
        fields=ticket.fields,
        is_child=ticket.parent_id is not None,
    )


def _place(desk: Desk, ticket: Ticket, community: Community | None, place_kind: str = "") -> Place:
    kind = place_kind or (community.kind if community else "")
    names = {ticket.community_code, community.name if community else ticket.place_text}
    is_remote = bool(names & desk.tables.sla.arrival.remote_places)
    return Place(kind == CommunityKind.VILLAGE, is_remote)


def _plan(
    desk: Desk, ticket: Ticket, place: Place, start: datetime, storms: Sequence[ForceMajeure]
) -> list[Deadline]:
    found = []
    for stage, clocks in clocks_for(desk.tables.sla, _matter(ticket), place).items():
        pauses = standstill.pauses_of(ticket, stage, storms, desk.now)
        found.append(_earliest(desk, stage, clocks, start, pauses, met_at(ticket, stage, start)))
    return sorted(found, key=lambda one: one.due)


def _earliest(
    desk: Desk,
    stage: Stage,
    clocks: list[Clock],
    start: datetime,
    pauses: tuple[Pause, ...],
    met: datetime | None,
) -> Deadline:
    found = [
        Deadline(
            stage,
            clock,
            clock_rules.due_at(start, clock.span, desk.tables.calendar, pauses),
            pauses,
            met,
        )
        for clock in clocks
    ]
    return min(found, key=lambda one: one.due)


def _set_next(desk: Desk, ticket: Ticket, start: datetime) -> None:
    """The earliest deadline still to be met; a new one is warned of from the start."""
    following = None
    if State(ticket.state) in ACTIVE:
        going_on = [one for one in standstill.declared(desk) if one.ends_at is None]
        due = (
            (Stage(stage), datetime.fromisoformat(text).astimezone(CHINA))
            for stage, text in ticket.due.items()
        )
        running = [
            moment
            for stage, moment in due
            if met_at(ticket, stage, start) is None
            and moment <= standstill.stands_since(ticket, stage, going_on, moment)
        ]
        following = min(running, default=None)
    if following != ticket.next_due_at:
        ticket.next_due_at = following
        ticket.warned_percent = 0
