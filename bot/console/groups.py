"""Which communities no group reaches, and what the registry leaves unmapped."""

import sqlalchemy as sa
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bot.access.signed_in import only, person
from bot.console.may import LEADERS
from bot.parts import Parts
from handlers.desk import Desk
from handlers.grid.models import (
    Community,
    CommunityArea,
    CommunityGroup,
    Grid,
    GroupChannel,
    TransformerArea,
)

CHANNELS = {
    GroupChannel.WEBHOOK: "群机器人（物业、社区）",
    GroupChannel.CUSTOMER_GROUP: "住户群",
    GroupChannel.APPCHAT: "应用群（员工）",
}


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/groups")
    @only(*LEADERS)
    def groups() -> ResponseReturnValue:
        station = None if person().is_everywhere else person().station_code
        with parts.looking() as desk:
            return render_template("console/groups.html", **_gaps(desk, station))


def _gaps(desk: Desk, station_code: str | None) -> dict[str, object]:
    areas = _areas(desk, station_code)
    links = list(desk.session.scalars(sa.select(CommunityArea)))
    mine = {one.community_code for one in links if one.area_code in areas}
    everything = list(desk.session.scalars(sa.select(CommunityGroup)))
    found = [one for one in everything if mine & set(one.community_codes)]
    told = {
        code
        for one in found
        if one.channel == GroupChannel.CUSTOMER_GROUP
        for code in one.community_codes
    }
    fed = {one.area_code for one in links}
    linked = {one.community_code for one in links}
    communities = {
        one.community_code: one
        for one in desk.session.scalars(sa.select(Community).order_by(Community.community_code))
    }
    reached = {one.area_code for one in links if one.community_code in told}
    return {
        "groups": found,
        "channels": CHANNELS,
        "communities": communities,
        "without_group": [one for code, one in communities.items() if code in mine - told],
        "areas_untold": [one for code, one in areas.items() if code in fed and code not in reached],
        "areas_unmapped": [one for code, one in areas.items() if code not in fed],
        "communities_unmapped": [
            one for code, one in communities.items() if code not in linked and station_code is None
        ],
        "total": len(mine),
    }


def _areas(desk: Desk, station_code: str | None) -> dict[str, TransformerArea]:
    query = sa.select(TransformerArea).order_by(TransformerArea.area_code)
    if station_code is not None:
        query = query.join(Grid, Grid.grid_code == TransformerArea.grid_code).where(
            Grid.station_code == station_code
        )
    return {one.area_code: one for one in desk.session.scalars(query)}
