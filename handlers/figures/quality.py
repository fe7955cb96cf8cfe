"""Whether customers' data is whole, which places nothing reaches, and what is under 督办."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.customers.models import Binding, Customer
from handlers.figures.models import TicketFact
from handlers.grid.models import Community, CommunityArea, CommunityGroup, Grid, TransformerArea
from handlers.tickets.models import Ticket

# 客户信息准确率: 100 % where meters are read centrally, 90 % elsewhere.
TARGET_REMOTE, TARGET_OTHER = 1.0, 0.9


@dataclass(frozen=True, slots=True)
class DataQuality:
    """How many of a station's customers have a phone, a building and a room on file."""

    station_code: str
    customers: int
    complete: int
    with_phone: int
    remote: int
    remote_complete: int
    bound: int

    @property
    def share(self) -> float:
        return round(self.complete / self.customers, 4) if self.customers else 0.0

    @property
    def is_on_target(self) -> bool:
        other = self.customers - self.remote
        return self.remote_complete >= TARGET_REMOTE * self.remote and (
            self.complete - self.remote_complete >= TARGET_OTHER * other
        )


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A community without a transformer area, or without a group that serves it."""

    community_code: str
    name: str
    why: str


def data_quality(session: Session, station_code: str | None = None) -> list[DataQuality]:
    is_whole = sa.and_(
        Customer.phone_index.is_not(None), Customer.building != "", Customer.room.is_not(None)
    )
    bound = sa.exists().where(Binding.customer_id == Customer.id)

    def count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((condition, 1), else_=0))

    query = (
        sa.select(
            Grid.station_code,
            sa.func.count(),
            count(is_whole),
            count(Customer.phone_index.is_not(None)),
            count(Customer.smart_remote.is_(True)),
            count(sa.and_(is_whole, Customer.smart_remote)),
            count(bound),
        )
        .select_from(Customer)
        .join(TransformerArea, TransformerArea.area_code == Customer.area_code)
        .join(Grid, Grid.grid_code == TransformerArea.grid_code)
        .group_by(Grid.station_code)
        .order_by(Grid.station_code)
    )
    if station_code is not None:
        query = query.where(Grid.station_code == station_code)
    return [DataQuality(row[0], *map(int, row[1:])) for row in session.execute(query)]


def unmapped(session: Session, station_code: str | None = None) -> list[Unmapped]:
    """Places whose people no outage notice can find."""
    grouped = {
        code
        for codes in session.scalars(sa.select(CommunityGroup.community_codes))
        for code in codes
    }
    stations: dict[str, set[str]] = {}
    feeds = (
        sa.select(CommunityArea.community_code, Grid.station_code)
        .join(TransformerArea, TransformerArea.area_code == CommunityArea.area_code)
        .join(Grid, Grid.grid_code == TransformerArea.grid_code)
    )
    for code, station in session.execute(feeds):
        stations.setdefault(code, set()).add(station)
    found = []
    for community in session.scalars(sa.select(Community).order_by(Community.community_code)):
        code = community.community_code
        if station_code is not None and station_code not in stations.get(code, set()):
            continue
        if code not in stations:
            found.append(Unmapped(code, community.name, "没有对应的台区"))
        elif code not in grouped:
            found.append(Unmapped(code, community.name, "没有服务群"))
    return found


def supervised(session: Session, station_code: str | None = None) -> list[Ticket]:
    """督办: open cases under supervision, the oldest first."""
    query = (
        sa.select(Ticket)
        .join(TicketFact, TicketFact.ticket_id == Ticket.id)
        .where(TicketFact.is_open, Ticket.is_supervised)
    )
    if station_code is not None:
        query = query.where(Ticket.station_code == station_code)
    return list(session.scalars(query.order_by(Ticket.id).limit(100)))
