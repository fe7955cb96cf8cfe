"""Storm mode: declare and lift force majeure over a station; its repair deadlines move."""

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.tickets import deadlines, standstill
from handlers.tickets.models import ForceMajeure, Ticket
from handlers.tickets.queries import is_active


def declare(desk: Desk, *, reason: str, by: str, station_code: str | None = None) -> ForceMajeure:
    """Let the clocks of arrival and restoration stand still from now on; None: everywhere."""
    words = reason.strip()
    if not words:
        raise DomainError("请写上原因，例如：台风橙色预警。", field="reason")
    if any(one.station_code == station_code for one in going_on(desk)):
        raise DomainError("这里已经在不可抗力状态了。", field="station_code")
    storm = ForceMajeure(
        station_code=station_code, reason=words, declared_by=by, starts_at=desk.now
    )
    desk.session.add(storm)
    recount(desk, station_code)
    return storm


def lift(desk: Desk, *, station_code: str | None = None) -> int:
    """End it; every repair deadline moves by its length. Returns how many tickets were open."""
    storms = [one for one in going_on(desk) if one.station_code == station_code]
    if not storms:
        raise DomainError("这里没有在不可抗力状态。", field="station_code")
    for storm in storms:
        storm.ends_at = desk.now
    return recount(desk, station_code)


def going_on(desk: Desk) -> list[ForceMajeure]:
    return [one for one in standstill.declared(desk) if one.ends_at is None]


def recount(desk: Desk, station_code: str | None = None) -> int:
    """Work out the deadlines of every open ticket anew, as after a change of the calendar."""
    query = sa.select(Ticket).where(is_active()).order_by(Ticket.id)
    if station_code is not None:
        query = query.where(Ticket.station_code == station_code)
    tickets = desk.session.scalars(query).all()
    for ticket in tickets:
        deadlines.set_due(desk, ticket)
    return len(tickets)
