"""The town as dots: each community by its place, what is off and what is open there."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bot.access.signed_in import Person, only, person
from bot.console.may import STAFF
from bot.parts import Parts
from handlers.desk import Desk
from handlers.grid.models import Community, CommunityArea, Grid, TransformerArea
from handlers.outages import incidents
from handlers.outages.models import Incident, Outage, OutageArea, OutageState
from handlers.tickets.models import Ticket
from handlers.tickets.rules import ACTIVE

WIDTH, HEIGHT, EDGE = 1000, 640, 40
SMALL, LARGE, EACH = 7, 26, 3
LEAST = 1e-6  # degrees; one lone community is no division by nought


@dataclass(frozen=True, slots=True)
class Dot:
    """A community on the drawing; `tone` says the worst that is there."""

    code: str
    name: str
    x: int
    y: int
    radius: int
    tickets: int
    is_off: bool
    is_suspected: bool

    @property
    def tone(self) -> str:
        if self.is_off:
            return "off"
        if self.is_suspected:
            return "suspected"
        return "busy" if self.tickets else "calm"


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/map")
    @only(*STAFF)
    def town() -> ResponseReturnValue:
        with parts.looking() as desk:
            dots, placeless = _dots(desk, person())
            return render_template(
                "console/map.html",
                dots=sorted(dots, key=lambda dot: dot.tone == "calm", reverse=True),
                placeless=placeless,
                busy=sorted(
                    (dot for dot in dots if dot.tone != "calm"),
                    key=lambda dot: (not dot.is_off, not dot.is_suspected, -dot.tickets),
                ),
                width=WIDTH,
                height=HEIGHT,
                now=desk.now,
            )


def _dots(desk: Desk, who: Person) -> tuple[list[Dot], int]:
    session = desk.session
    tickets = {
        row[0]: row[1]
        for row in session.execute(
            sa.select(Ticket.community_code, sa.func.count())
            .where(who.only_mine(), Ticket.state.in_(ACTIVE))
            .group_by(Ticket.community_code)
        )
    }
    off = _fed_by(desk, _areas_off(desk))
    suspected = _fed_by(desk, _areas_suspected(desk))
    communities = _communities(desk, who)
    known = [one for one in communities if one.latitude is not None and one.longitude is not None]
    at = _scale([(one.latitude or 0.0, one.longitude or 0.0) for one in known])
    dots = [
        Dot(
            one.community_code,
            one.name,
            *at(one.latitude or 0.0, one.longitude or 0.0),
            radius=min(LARGE, SMALL + EACH * tickets.get(one.community_code, 0)),
            tickets=tickets.get(one.community_code, 0),
            is_off=one.community_code in off,
            is_suspected=one.community_code in suspected,
        )
        for one in known
    ]
    return dots, len(communities) - len(known)


def _scale(points: list[tuple[float, float]]) -> Callable[[float, float], tuple[int, int]]:
    """From degrees to the drawing's points, north up, the whole town inside."""
    lats, lons = [one[0] for one in points] or [0.0], [one[1] for one in points] or [0.0]
    tall, wide = max(max(lats) - min(lats), LEAST), max(max(lons) - min(lons), LEAST)

    def at(latitude: float, longitude: float) -> tuple[int, int]:
        x = EDGE + (longitude - min(lons)) / wide * (WIDTH - 2 * EDGE)
        y = HEIGHT - EDGE - (latitude - min(lats)) / tall * (HEIGHT - 2 * EDGE)
        return round(x), round(y)

    return at


def _communities(desk: Desk, who: Person) -> list[Community]:
    query = sa.select(Community).order_by(Community.community_code)
    if not who.is_everywhere:
        here = (
            sa.select(CommunityArea.community_code)
            .join(TransformerArea, TransformerArea.area_code == CommunityArea.area_code)
            .join(Grid, Grid.grid_code == TransformerArea.grid_code)
            .where(Grid.station_code == who.station_code)
        )
        query = query.where(Community.community_code.in_(here))
    return list(desk.session.scalars(query))


def _areas_off(desk: Desk) -> set[str]:
    query = (
        sa.select(OutageArea.area_code)
        .join(Outage, Outage.id == OutageArea.outage_id)
        .where(Outage.state == OutageState.UNDER_WAY)
    )
    return set(desk.session.scalars(query))


def _areas_suspected(desk: Desk) -> set[str]:
    query = sa.select(Incident.area_code).where(Incident.state == incidents.SUSPECTED)
    return set(desk.session.scalars(query))


def _fed_by(desk: Desk, area_codes: set[str]) -> set[str]:
    query = sa.select(CommunityArea.community_code).where(CommunityArea.area_code.in_(area_codes))
    return set(desk.session.scalars(query))
