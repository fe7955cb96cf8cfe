"""The wall: one page, and the figures that it hears of when they change, or asks for."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from bot.access.signed_in import LEADING, only, person
from bot.dashboard import machine, panels, tiles
from bot.dashboard.cache import Cache
from bot.dashboard.scope import Links, View, links_of, station_of
from bot.parts import Parts
from bot.streams import LIFE, RETRY, WALL, Places
from handlers.grid.models import Station

QUICK_SECONDS, SLOW_SECONDS = 3.0, 60.0
Look = Callable[[str | None, Links], dict[str, Any]]


def register(wall: Blueprint, parts: Parts) -> None:
    quick, slow, places = Cache(QUICK_SECONDS), Cache(SLOW_SECONDS), Places(WALL)

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
        return jsonify(look(*_scope(parts)))

    @wall.get("/events")
    @only(*LEADING)
    def live() -> ResponseReturnValue:
        """The same figures when they change, else only the time; 204 where too many listen."""
        return places.taken_by(_stream(look, *_scope(parts)))

    def look(station_code: str | None, links: Links) -> dict[str, Any]:
        with parts.looking() as desk:
            view = View(desk, station_code, links)
            key = (station_code, links.station_code)
            found: dict[str, Any] = dict(quick.get(key, lambda: tiles.quick(view)))
            found |= quick.get("machine", lambda: machine.machine(parts, desk))
            found |= slow.get(key, lambda: panels.slow(view))
        return found


def _scope(parts: Parts) -> tuple[str | None, Links]:
    """The station that this person asks for and may see."""
    who = person()
    with parts.looking() as desk:
        station_code = station_of(desk, who, request.args)
    return station_code, links_of(who, station_code)


def _stream(look: Look, station_code: str | None, links: Links) -> Iterator[str]:
    yield RETRY
    before: dict[str, Any] = {}
    ends = time.monotonic() + LIFE
    while time.monotonic() < ends:
        try:
            found = look(station_code, links)
        except SQLAlchemyError:
            yield ": trouble\n\n"  # the page says by itself how old its figures are
        else:
            yield _told(found, before)
            before = found
        time.sleep(QUICK_SECONDS)


def _told(found: dict[str, Any], before: dict[str, Any]) -> str:
    if before | {"at": ""} == found | {"at": ""}:
        return f"event: clock\ndata: {found['at']}\n\n"
    return f"event: figures\ndata: {json.dumps(found, ensure_ascii=False)}\n\n"
