"""A place said before the wish, in a message of its own: kept until the wish comes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers.grid.rules import building_of, room_of
from nlu.understanding import Entity, Request, Understanding

KEY = "place_told"
KEPT_FOR = timedelta(minutes=30)
WANT_A_PLACE = frozenset(
    {"report_outage", "report_fault", "report_hazard", "still_no_power", "query_outage"}
)


def keep(memory: dict[str, Any], heard: Understanding, now: datetime) -> str:
    """Add the place that a message names to what was told before; the whole as people say it.

    Empty where the message names none.
    """
    if not (heard.values("community") or heard.values("address")):
        return ""
    told = _told(memory, now) or {"community": "", "address": ""}
    if (community := heard.value("community")) and community != told["community"]:
        told = {"community": community, "address": ""}
    if address := heard.value("address"):
        told["address"] = _joined(told["address"], address)
    memory[KEY] = told | {"at": now.isoformat()}
    return f"{told['community']}{told['address']}"


def added(memory: dict[str, Any], request: Request, now: datetime) -> Request:
    """The wish with the place told before it, where it names none itself."""
    if request.intent not in WANT_A_PLACE or KEY not in memory:
        return request
    told = _told(memory, now)
    memory.pop(KEY)
    named = {entity.entity: entity.value for entity in request.entities}
    if told is None or "community" in named:
        return request
    address = _joined(told["address"], named.get("address", ""))
    rest = [entity for entity in request.entities if entity.entity != "address"]
    news = {"community": told["community"], "address": address}
    place = [Entity(name, value, 0, 0) for name, value in news.items() if value]
    return replace(request, entities=(*rest, *place))


def _told(memory: dict[str, Any], now: datetime) -> dict[str, str] | None:
    told = memory.get(KEY)
    if told is None or now - datetime.fromisoformat(told["at"]) > KEPT_FOR:
        return None
    return {"community": told["community"], "address": told["address"]}


def _joined(before: str, now: str) -> str:
    """「3栋」 and then 「2单元1702」 are one address."""
    is_rest = before and now and not room_of(before) and "栋" not in now
    return f"{building_of(before)}栋{now}" if is_rest else now or before
