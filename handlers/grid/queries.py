"""Reads of the registry: where a place lies, who serves it, who is on shift."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.grid.models import (
    Community,
    CommunityAlias,
    CommunityArea,
    CommunityGroup,
    Grid,
    GridStaff,
    RegistryVersion,
    Role,
    Staff,
    StaffLeave,
    Station,
    TransformerArea,
)
from handlers.grid.rules import covers, is_on_shift

NO_STAFF = "您还没有登记为服务站人员，请联系站长。"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a request lies. `area` is None where the building is not known and several fit."""

    community: Community
    area: TransformerArea | None
    grid: Grid
    station: Station


def community_by_name(session: Session, name: str) -> Community | None:
    return session.scalar(sa.select(Community).where(Community.name == name))


def communities_by_alias(session: Session, alias: str) -> list[Community]:
    named = sa.select(CommunityAlias.community_code).where(CommunityAlias.alias == alias)
    query = sa.select(Community).where(
        sa.or_(Community.name == alias, Community.community_code.in_(named))
    )
    return list(session.scalars(query))


def areas_of(session: Session, community_code: str, building: str = "") -> list[TransformerArea]:
    """The transformer areas that feed a community, or one building of it."""
    rows = session.execute(
        sa.select(CommunityArea.buildings, TransformerArea)
        .join(TransformerArea, TransformerArea.area_code == CommunityArea.area_code)
        .where(CommunityArea.community_code == community_code)
        .order_by(TransformerArea.area_code)
    ).all()
    if building:
        exact = [area for buildings, area in rows if covers(buildings, building)]
        if exact:
            return exact
    return [area for _, area in rows]


def communities_of_area(session: Session, area_code: str) -> list[Community]:
    """The communities a transformer area feeds, in the order of their codes."""
    fed = sa.select(CommunityArea.community_code).where(CommunityArea.area_code == area_code)
    query = sa.select(Community).where(Community.community_code.in_(fed))
    return list(session.scalars(query.order_by(Community.community_code)))


def locate(session: Session, community_code: str, building: str = "") -> Spot | None:
    """The grid and station of a place, and its transformer area where that is certain."""
    community = session.get(Community, community_code)
    areas = areas_of(session, community_code, building)
    if community is None or not areas:
        return None
    grid = session.get_one(Grid, areas[0].grid_code)
    station = session.get_one(Station, grid.station_code)
    return Spot(community, areas[0] if len(areas) == 1 else None, grid, station)


def grid_members(session: Session, grid_code: str) -> list[tuple[GridStaff, Staff]]:
    rows = session.execute(
        sa.select(GridStaff, Staff)
        .join(Staff, Staff.userid == GridStaff.userid)
        .where(GridStaff.grid_code == grid_code, Staff.is_active)
        .order_by(GridStaff.is_responsible.desc(), GridStaff.duty, Staff.userid)
    ).all()
    return [(row[0], row[1]) for row in rows]


def station_staff(session: Session, station_code: str | None, role: Role) -> list[Staff]:
    """Active staff of a role at a station; those without a station for `station_code` None."""
    query = sa.select(Staff).where(Staff.role == role, Staff.is_active).order_by(Staff.userid)
    return list(session.scalars(query.where(Staff.station_code == station_code)))


def command_center(session: Session) -> list[Staff]:
    query = sa.select(Staff).where(Staff.role == Role.COMMAND_CENTER, Staff.is_active)
    return list(session.scalars(query.order_by(Staff.userid)))


def member(session: Session, userid: str) -> Staff | None:
    """The active person of a WeCom userid, which the platform may write in lower case."""
    person = session.get(Staff, userid) or session.scalar(
        sa.select(Staff).where(sa.func.lower(Staff.userid) == userid.lower())
    )
    return person if person is not None and person.is_active else None


def active_staff(session: Session) -> list[Staff]:
    return list(session.scalars(sa.select(Staff).where(Staff.is_active)))


def on_leave(session: Session, userids: Sequence[str], moment: datetime) -> set[str]:
    query = sa.select(StaffLeave.userid).where(
        StaffLeave.userid.in_(userids),
        StaffLeave.starts_at <= moment,
        StaffLeave.ends_at > moment,
    )
    return set(session.scalars(query))


def on_duty(session: Session, people: Sequence[Staff], moment: datetime) -> list[Staff]:
    """Those of the people who are on shift and not on leave."""
    away = on_leave(session, [person.userid for person in people], moment)
    return [
        person
        for person in people
        if person.userid not in away and is_on_shift(person.starts, person.ends, moment)
    ]


def groups_of(session: Session, community_codes: Sequence[str]) -> list[CommunityGroup]:
    wanted = set(community_codes)
    groups = session.scalars(sa.select(CommunityGroup).order_by(CommunityGroup.group_code))
    return [group for group in groups if wanted & set(group.community_codes)]


def registry_version(session: Session) -> int:
    return session.scalar(sa.select(RegistryVersion.number).where(RegistryVersion.id == 1)) or 0


def all_places(session: Session) -> list[tuple[Community, list[str], list[str]]]:
    """Each community with its aliases and the buildings it is known to have."""
    aliases: dict[str, list[str]] = {}
    for row in session.scalars(sa.select(CommunityAlias)):
        aliases.setdefault(row.community_code, []).append(row.alias)
    buildings: dict[str, list[str]] = {}
    for area in session.scalars(sa.select(CommunityArea)):
        buildings.setdefault(area.community_code, []).extend(area.buildings)
    return [
        (row, aliases.get(row.community_code, []), buildings.get(row.community_code, []))
        for row in session.scalars(sa.select(Community).order_by(Community.community_code))
    ]
