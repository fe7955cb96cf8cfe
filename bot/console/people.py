"""Colleagues to hand a ticket to, with who is on shift and how much lies with each."""

from dataclasses import dataclass

import sqlalchemy as sa

from bot.access.signed_in import Person
from handlers.desk import Desk
from handlers.grid import queries as grid
from handlers.grid.models import Role, Staff, Station
from handlers.tickets import assignment

ROLE_WORDS = {
    Role.CUSTOMER_MANAGER: "客户经理",
    Role.MARKETING_MANAGER: "营销管理员",
    Role.EQUIPMENT_MANAGER: "设备管理员",
    Role.REPAIR_CREW: "抢修班",
    Role.TEAM_LEADER: "班长",
    Role.STATION_HEAD: "站长",
    Role.COMMAND_CENTER: "指挥中心",
    Role.ADMIN: "管理员",
}


@dataclass(frozen=True, slots=True)
class Colleague:
    userid: str
    name: str
    role: str
    is_on_duty: bool
    load: int


def groups(desk: Desk, station_code: str | None, *, who: Person) -> dict[str, list[Colleague]]:
    """Colleagues by station: one's own, or all of them for those who see everywhere."""
    query = sa.select(Staff).where(Staff.is_active, Staff.role != Role.ADMIN)
    if not who.is_everywhere:
        query = query.where(Staff.station_code == station_code)
    staff = list(desk.session.scalars(query.order_by(Staff.station_code, Staff.role, Staff.userid)))
    ready = {one.userid for one in grid.on_duty(desk.session, staff, desk.now)}
    load = assignment.open_tickets(desk, [one.userid for one in staff])
    names = {one.station_code: one.name for one in desk.session.scalars(sa.select(Station))}
    found: dict[str, list[Colleague]] = {}
    for one in staff:
        station = names.get(one.station_code or "", "供电服务指挥中心")
        found.setdefault(station, []).append(
            Colleague(
                one.userid,
                one.name,
                ROLE_WORDS[Role(one.role)],
                one.userid in ready,
                load.get(one.userid, 0),
            )
        )
    return found


def names(desk: Desk, userids: set[str]) -> dict[str, str]:
    """Names by userid, for histories."""
    rows = desk.session.execute(
        sa.select(Staff.userid, Staff.name).where(Staff.userid.in_(userids))
    )
    return {row[0]: row[1] for row in rows}
