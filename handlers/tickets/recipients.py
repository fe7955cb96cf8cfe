"""Who is meant by a role of the warning ladder, and who can be disturbed now."""

from collections.abc import Sequence

from handlers.desk import Desk
from handlers.grid import queries as grid
from handlers.grid.models import Role, Staff
from handlers.tickets import assignment
from handlers.tickets.models import Priority, Ticket

URGENT = frozenset({Priority.P0, Priority.P1})


def people(desk: Desk, ticket: Ticket, role: str) -> list[Staff]:
    """The people of a role for a ticket: assignee, deputy, or a role of its station."""
    if role == Role.COMMAND_CENTER:
        return grid.command_center(desk.session)
    if role == "assignee":
        if ticket.assignee is not None:
            return [ticket.assignee]
        return [] if ticket.station_code else grid.command_center(desk.session)
    if role == "deputy":
        second = assignment.deputy(desk, ticket)
        return [second] if second is not None else []
    if ticket.station_code is None:
        return []
    return grid.station_staff(desk.session, ticket.station_code, Role(role))


def reachable(desk: Desk, ticket: Ticket, wanted: Sequence[Staff]) -> list[Staff]:
    """Who may be told now: for danger and outages everyone there is, else those on shift.

    A shift of 7x24 says nothing about the night, so the humane hours of sla.toml stand for it.
    """
    if not wanted:
        return []
    if ticket.priority in URGENT:
        away = grid.on_leave(desk.session, [person.userid for person in wanted], desk.now)
        return [person for person in wanted if person.userid not in away] or list(wanted)
    on_duty = grid.on_duty(desk.session, wanted, desk.now)
    if desk.tables.calendar.is_open(desk.tables.sla.humane_calendar, desk.now):
        return on_duty
    return [person for person in on_duty if person.starts]
