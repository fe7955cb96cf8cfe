"""Suspected outages as the duty officer judges them: how likely, by which reports."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.access.signed_in import Person
from bot.console import people
from bot.console.may import stations_of
from handlers.desk import Desk
from handlers.outages import incidents, queries, targeting, wording
from handlers.outages.models import Incident

DECIDED_SHOWN = 20
STATE_WORDS = {
    incidents.WATCHING: "在观察",
    incidents.SUSPECTED: "等判断",
    incidents.CONFIRMED: "确认停电",
    incidents.DISMISSED: "不是停电",
}


def waiting(desk: Desk, who: Person) -> list[dict[str, Any]]:
    """Those nobody has judged, as far as this person's stations go; the likeliest first."""
    found = [one for one in queries.incidents(desk.session) if is_own(desk, who, one)]
    return [card(desk, one) for one in sorted(found, key=lambda one: -one.probability)]


def decided(desk: Desk, who: Person) -> list[dict[str, Any]]:
    """The last ones that were judged, the newest first."""
    query = (
        sa.select(Incident)
        .where(Incident.state.in_({incidents.CONFIRMED, incidents.DISMISSED}))
        .order_by(Incident.decided_at.desc())
        .limit(DECIDED_SHOWN)
    )
    return [card(desk, one) for one in desk.session.scalars(query) if is_own(desk, who, one)]


def is_own(desk: Desk, who: Person, incident: Incident) -> bool:
    return who.is_everywhere or stations_of(desk, [incident.area_code]) == {who.station_code}


def card(desk: Desk, incident: Incident) -> dict[str, Any]:
    areas = targeting.areas(desk.session, [incident.area_code])
    by = people.names(desk, {incident.decided_by}).get(incident.decided_by, "")
    return {
        "id": incident.id,
        "state": incident.state,
        "word": STATE_WORDS[incident.state],
        "area": f"{areas[0].name}（{incident.area_code}）" if areas else incident.area_code,
        "places": wording.short_places(wording.affected(desk.session, [incident.area_code])),
        "households": areas[0].households if areas else 0,
        "reports": incident.reports,
        "percent": round(incident.probability * 100),
        "opened": incident.opened_at,
        "evidence": [_report(one) for one in incident.evidence],
        "by": by,
        "decided": incident.decided_at,
        "outage": incident.outage_code,
    }


def _report(one: dict[str, Any]) -> dict[str, Any]:
    """One report: when, from where, its ticket; never who wrote it."""
    return {
        "at": datetime.fromisoformat(one["at"]),
        "where": one.get("place") or (f"{one['building']}栋" if one.get("building") else ""),
        "ticket": one.get("ticket", ""),
    }
