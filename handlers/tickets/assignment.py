"""Choose who gets a ticket, and say why (CONTRACT.md, Assignee)."""

from dataclasses import dataclass

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.grid import queries as grid
from handlers.grid.models import Grid, GridStaff, Role, Staff
from handlers.tickets.models import Priority, Ticket
from handlers.tickets.rules import ACTIVE


@dataclass(frozen=True, slots=True)
class Assignment:
    """The person, or nobody, and the sentence that answers 「为什么派给我」."""

    staff: Staff | None
    because: str


def choose(desk: Desk, *, grid_code: str, category: str, priority: str) -> Assignment:
    """The grid's person for this category who is on duty, else the next by the rules."""
    members = grid.grid_members(desk.session, grid_code)
    role = desk.tables.routing.roles.get(category)
    first, what = _first_choice(members, role)
    if first is not None and grid.on_duty(desk.session, [first], desk.now):
        return Assignment(first, what if what.startswith("网格") else f"本网格{what}")
    absent = f"{first.name}不在班" if first is not None else f"本网格没有{what}"
    if (second := _deputy(desk, members, role, category)) is not None:
        return Assignment(second, f"{absent}，由B角接替")
    station = desk.session.get_one(Grid, grid_code).station_code
    if priority in {Priority.P0, Priority.P1}:
        crew = on_shift_crew(desk, station)
        if crew:
            return Assignment(crew[0], f"{absent}，抢修班在班且手上工单最少")
    leaders = grid.station_staff(desk.session, station, Role.TEAM_LEADER)
    ready = grid.on_duty(desk.session, leaders, desk.now) or leaders
    if ready:
        return Assignment(ready[0], f"{absent}，转班长安排")
    return Assignment(first, absent)


def on_shift_crew(desk: Desk, station_code: str) -> list[Staff]:
    """The station's repair crew on shift, fewest open tickets first."""
    crew = grid.station_staff(desk.session, station_code, Role.REPAIR_CREW)
    ready = grid.on_duty(desk.session, crew, desk.now)
    load = open_tickets(desk, [person.userid for person in ready])
    return sorted(ready, key=lambda person: (load.get(person.userid, 0), person.userid))


def open_tickets(desk: Desk, userids: list[str]) -> dict[str, int]:
    """How many tickets each of these people has open."""
    query = (
        sa.select(Ticket.assignee_userid, sa.func.count())
        .where(Ticket.assignee_userid.in_(userids), Ticket.state.in_(ACTIVE))
        .group_by(Ticket.assignee_userid)
    )
    return {row[0]: row[1] for row in desk.session.execute(query) if row[0]}


def responsible(desk: Desk, grid_code: str) -> Staff | None:
    """The 网格责任人."""
    members = grid.grid_members(desk.session, grid_code)
    return next(
        (staff for duty, staff in members if duty.is_responsible and duty.duty == "A"), None
    )


def team_leader(desk: Desk, station_code: str, *, but: str | None = None) -> Staff | None:
    """A team leader of the station, on duty where one is, never the person named in `but`."""
    leaders = [
        person
        for person in grid.station_staff(desk.session, station_code, Role.TEAM_LEADER)
        if person.userid != but
    ]
    ready = grid.on_duty(desk.session, leaders, desk.now) or leaders
    return ready[0] if ready else None


def deputy(desk: Desk, ticket: Ticket) -> Staff | None:
    """The B on duty for a ticket that lies with an A of its grid."""
    if ticket.grid_code is None:
        return None
    members = grid.grid_members(desk.session, ticket.grid_code)
    if not any(row.userid == ticket.assignee_userid and row.duty == "A" for row, _ in members):
        return None
    role = desk.tables.routing.roles.get(ticket.category)
    return _deputy(desk, members, role, ticket.category)


def _first_choice(
    members: list[tuple[GridStaff, Staff]], role: str | None
) -> tuple[Staff | None, str]:
    if role is None:
        people = [staff for duty, staff in members if duty.is_responsible and duty.duty == "A"]
        return (people[0] if people else None), "网格责任人"
    people = [staff for duty, staff in members if staff.role == role and duty.duty == "A"]
    word = {"marketing_manager": "营销管理员", "equipment_manager": "设备管理员"}[role]
    return (people[0] if people else None), word


def _deputy(
    desk: Desk, members: list[tuple[GridStaff, Staff]], role: str | None, category: str
) -> Staff | None:
    """The grid's B for that work: of the same role where there is one, trained where hands touch."""
    deputies = [staff for duty, staff in members if duty.duty == "B"]
    if category in desk.tables.routing.rules.hands_on:
        deputies = [staff for staff in deputies if staff.safety_trained]
    wanted = role or Role.CUSTOMER_MANAGER
    fitting = [staff for staff in deputies if staff.role == wanted]
    ready = grid.on_duty(desk.session, fitting, desk.now)
    return ready[0] if ready else None
