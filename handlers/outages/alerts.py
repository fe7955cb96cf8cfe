"""What the duty officers are told: suspicions, storms, lapsing estimates, silent publications."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.grid import queries as grid
from handlers.grid.models import Grid, Role, Staff, TransformerArea
from handlers.outages import targeting, wording
from handlers.outages.models import (
    Incident,
    Outage,
    OutageEvent,
    OutageState,
    OutageStep,
    OutageTrouble,
    Step,
)
from notifier.models import Channel, OutboxMessage
from notifier.outbox import DANGER, FAULT, Outgoing, put

CANARY_LOOKS_BACK = timedelta(days=1)
DIGEST_AREAS = 10
# Lines of an outage's history: officers were told, so that they are not told again.
WARNED, SILENT = "warned", "silent"
PAGES = frozenset({"outage_canary", "outage_trouble"})
WORK_WORDS = {
    "start": "开始停电",
    "archive": "归档",
    "warn": "预计时间提醒",
    "canary": "送达检查",
    "close": "结束停电",
    "expand": "发通知",
}


def suspected(desk: Desk, incident: Incident, area: TransformerArea) -> None:
    """Tell the command centre and the station's leaders once; in a storm the digest does."""
    if is_storm(desk):
        return
    facts = {
        "area": area.name,
        "places": wording.short_places(wording.affected(desk.session, [area.area_code])),
        "households": area.households,
        "reports": incident.reports,
        "percent": round(incident.probability * 100),
        "evidence": [_line(one) for one in incident.evidence[-5:]],
        "link": f"{desk.public_url}/console/incidents/{incident.id}",
    }
    _tell(desk, _officers(desk, [area]), "outage_suspected", facts, key=f"incident:{incident.id}")


def is_storm(desk: Desk) -> bool:
    """Whether so many areas are suspected within minutes that one message each would flood."""
    rules = desk.tables.outages
    return len(_recent(desk)) > rules.storm_incidents


def digest(desk: Desk) -> None:
    """In a storm one message for each stretch of minutes, with all suspected areas."""
    recent = _recent(desk)
    minutes = desk.tables.outages.storm_minutes
    if len(recent) <= desk.tables.outages.storm_incidents:
        return
    slot = int(desk.now.timestamp()) // (minutes * 60)
    areas = targeting.areas(desk.session, [incident.area_code for incident in recent])
    facts = {
        "count": len(recent),
        "reports": sum(incident.reports for incident in recent),
        "households": sum(area.households for area in areas),
        "areas": [area.name for area in areas[:DIGEST_AREAS]],
        "minutes": minutes,
        "link": f"{desk.public_url}/console/incidents",
    }
    people = _officers(desk, areas)
    _tell(desk, people, "outage_storm", facts, key=f"storm:{slot}")


def lapsing(desk: Desk) -> list[int]:
    """Outages under way whose promised restoration time is near and was not warned of."""
    before = timedelta(minutes=desk.tables.outages.half_hour_minutes)
    query = sa.select(Outage.id, Outage.change_count).where(
        Outage.state == OutageState.UNDER_WAY, Outage.ends_at <= desk.now + before
    )
    found = {row.id: row.change_count for row in desk.session.execute(query)}
    warned = _noted(desk, found, WARNED)
    return [key for key, changes in found.items() if (key, changes) not in warned]


def warn_estimate(desk: Desk, outage: Outage) -> None:
    """Before a promised restoration time lapses, once for each estimate."""
    facts = {
        "code": outage.outage_code,
        "places": _places(desk, outage),
        "until": wording.until(outage, desk.now),
        "link": f"{desk.public_url}/console/outages/{outage.outage_code}",
    }
    key = f"{outage.outage_code}:estimate:{outage.change_count}"
    _tell(desk, _officers_of(desk, outage), "outage_estimate", facts, key=key)
    _note(desk, outage, WARNED, outage.change_count)


def silent(desk: Desk) -> list[int]:
    """Outages whose publication has delivered nothing some minutes after it was due."""
    late = timedelta(minutes=desk.tables.outages.canary_minutes)
    query = (
        sa.select(Outage)
        .join(OutageStep, OutageStep.outage_id == Outage.id)
        .where(
            OutageStep.step == Step.PUBLICATION,
            OutageStep.at.between(desk.now - CANARY_LOOKS_BACK, desk.now - late),
            Outage.state.in_({OutageState.PUBLISHED, OutageState.UNDER_WAY}),
        )
    )
    found = {one.id: one for one in desk.session.scalars(query).unique()}
    paged = _noted(desk, found, SILENT)
    return [
        key for key, one in found.items() if (key, 0) not in paged and _is_silent(desk, one, late)
    ]


def canary(desk: Desk, outage: Outage) -> None:
    """Page someone, once: this publication has reached nobody."""
    facts = {
        "code": outage.outage_code,
        "places": _places(desk, outage),
        "minutes": desk.tables.outages.canary_minutes,
        "link": f"{desk.public_url}/console/outages/{outage.outage_code}",
    }
    people = _officers_of(desk, outage)
    _tell(desk, people, "outage_canary", facts, key=f"{outage.outage_code}:canary")
    _note(desk, outage, SILENT, 0)


def reopened(desk: Desk, outage: Outage, *, households: int) -> None:
    """An outage that was called over is not, in one area: its officers hear of it at once."""
    facts = {
        "code": outage.outage_code,
        "parent": outage.parent_code,
        "places": _places(desk, outage),
        "households": households,
        "until": wording.until(outage, desk.now),
        "link": f"{desk.public_url}/console/outages/{outage.outage_code}",
    }
    key = f"{outage.outage_code}:reopened"
    _tell(desk, _officers_of(desk, outage), "outage_reopened", facts, key=key)


def trouble(desk: Desk, failed: OutageTrouble) -> None:
    """A piece of the clock's work fails again and again: its officers and the admins hear of it."""
    outage = desk.session.get_one(Outage, failed.outage_id)
    facts = {
        "code": outage.outage_code,
        "places": _places(desk, outage),
        "work": WORK_WORDS[failed.work],
        "failures": failed.failures,
        "link": f"{desk.public_url}/console/outages/{outage.outage_code}",
    }
    admins = grid.station_staff(desk.session, None, Role.ADMIN)
    people = {one.userid: one for one in (*_officers_of(desk, outage), *admins)}
    key = f"{outage.outage_code}:trouble:{failed.work}:{failed.key}:{desk.now:%Y%m%d}"
    _tell(desk, list(people.values()), "outage_trouble", facts, key=key)


def troubles_of(desk: Desk, outage: Outage) -> list[tuple[str, int]]:
    """The pieces of the clock's work on an outage that fail now, and how often they have."""
    query = sa.select(OutageTrouble).where(OutageTrouble.outage_id == outage.id)
    return [(WORK_WORDS[one.work], one.failures) for one in desk.session.scalars(query)]


def _is_silent(desk: Desk, outage: Outage, late: timedelta) -> bool:
    """Nothing was delivered, and nothing is only waiting for the end of quiet hours."""
    query = sa.select(
        sa.func.count(OutboxMessage.delivered_at),
        sa.func.count(sa.case((OutboxMessage.due_at > desk.now, 1))),
        sa.func.max(OutboxMessage.created_at),
    ).where(
        OutboxMessage.outage_code == outage.outage_code,
        OutboxMessage.step == Step.PUBLICATION,
    )
    delivered, held, newest = desk.session.execute(query).one()
    is_fresh = newest is not None and newest > desk.now - late
    return not delivered and not held and not is_fresh


def _noted(desk: Desk, outage_ids: Iterable[int], action: str) -> set[tuple[int, int]]:
    """The outages with such a line in their history, and after how many changes it was written."""
    query = sa.select(OutageEvent.outage_id, OutageEvent.facts).where(
        OutageEvent.outage_id.in_(list(outage_ids)), OutageEvent.action == action
    )
    return {(row.outage_id, row.facts["changes"]) for row in desk.session.execute(query)}


def _note(desk: Desk, outage: Outage, action: str, changes: int) -> None:
    facts = {"changes": changes}
    desk.session.add(
        OutageEvent(outage_id=outage.id, at=desk.now, action=action, by="system", facts=facts)
    )
    desk.session.flush()


def _recent(desk: Desk) -> list[Incident]:
    since = desk.now - timedelta(minutes=desk.tables.outages.storm_minutes)
    query = sa.select(Incident).where(Incident.state == "suspected", Incident.opened_at > since)
    return list(desk.session.scalars(query.order_by(Incident.id)))


def _line(one: dict[str, Any]) -> str:
    where = one.get("place") or (f"{one['building']}栋" if one.get("building") else "")
    return " ".join(filter(None, (one["at"][11:16], where, one.get("ticket", "群里报告"))))


def _places(desk: Desk, outage: Outage) -> str:
    codes = targeting.codes(outage)
    touched = wording.affected(desk.session, codes)
    return wording.short_places(touched) or wording.area_names(desk.session, codes)


def _officers_of(desk: Desk, outage: Outage) -> list[Staff]:
    return _officers(desk, targeting.areas(desk.session, targeting.codes(outage)))


def _officers(desk: Desk, areas: Sequence[TransformerArea]) -> list[Staff]:
    """The command centre and the team leaders of the areas' stations."""
    query = sa.select(Grid.station_code).where(
        Grid.grid_code.in_({area.grid_code for area in areas})
    )
    people = {person.userid: person for person in grid.command_center(desk.session)}
    for station_code in sorted(set(desk.session.scalars(query))):
        leaders = grid.station_staff(desk.session, station_code, Role.TEAM_LEADER)
        people |= {person.userid: person for person in leaders}
    return list(people.values())


def _tell(
    desk: Desk, people: Sequence[Staff], kind: str, facts: dict[str, Any], *, key: str
) -> None:
    """One message to each of them for a key, however often this runs."""
    words = desk.words.text(kind, "staff", facts)
    put(
        desk.session,
        [
            Outgoing(
                channel=Channel.WECOM_APP,
                target=person.userid,
                kind=kind,
                payload={"text": words},
                key=f"{key}:{kind}:{person.userid}",
                priority=DANGER if kind in PAGES else FAULT,
            )
            for person in people
        ],
        now=desk.now,
    )
