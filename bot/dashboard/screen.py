"""The wall: one page, and the figures it asks for every few seconds."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from bot.access.signed_in import LEADING, only, person
from bot.dashboard import machine, panels, tiles
from bot.dashboard.cache import Cache
from bot.dashboard.scope import View, links_of, station_of
from bot.parts import Parts
from handlers.grid.models import Station

QUICK_SECONDS, SLOW_SECONDS = 3.0, 60.0


def register(wall: Blueprint, parts: Parts) -> None:
    quick, slow = Cache(QUICK_SECONDS), Cache(SLOW_SECONDS)

    @wall.get("/")
    @only(*LEADING)
    def show() -> ResponseReturnValue:
        who = person()
        with parts.looking() as desk:
            station_code = station_of(desk, who, request.args)
            stations = desk.session.scalars(sa.select(Station).order_by(Station.station_code)).all()
        return render_template(
            "dashboard/wall.html",
            person=who,
            stations=stations if who.is_everywhere else [],
            station_code=station_code,
            place=next((s.name for s in stations if s.station_code == station_code), "全部服务站"),
        )

    @wall.get("/figures.json")
    @only(*LEADING)
    def figures() -> ResponseReturnValue:
        """Worked out once for all screens of a scope; the slow part once a minute."""
        who = person()
        with parts.looking() as desk:
            view = View(
                desk,
                station_of(desk, who, request.args),
                links_of(who, station_of(desk, who, request.args)),
            )
            key = (view.station_code, view.links.station_code)
            found: dict[str, Any] = dict(quick.get(key, lambda: tiles.quick(view)))
            found |= quick.get("machine", lambda: machine.machine(parts, desk))
            found |= slow.get(key, lambda: panels.slow(view))
        return jsonify(found)
