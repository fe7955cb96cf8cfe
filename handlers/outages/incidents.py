"""Suspected outages: several reports of one area within minutes, for the duty officer to judge."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.errors import NotFoundError, StateConflictError
from handlers.grid.models import TransformerArea
from handlers.outages import alerts, queries, rules, service
from handlers.outages.columns import Columns
from handlers.outages.events import IncidentConfirmed, IncidentSuspected
from handlers.outages.models import Incident, Kind, Outage, OutageArea, OutageState
from notifier import routing

WATCHING, SUSPECTED, CONFIRMED, DISMISSED = "watching", "suspected", "confirmed", "dismissed"
HISTORY_DAYS = 180  # how far back confirmed and dismissed ones say how much k reports mean
NIGHT_LESS = 1  # at night fewer people are awake to report
FEWEST = 2
NESTED_HOURS = 24
MAX_EVIDENCE = 200


def note_report(desk: Desk, area_code: str, evidence: Mapping[str, Any]) -> Incident | None:
    """Count one report of an area; returns the incident once it is suspected, else None.

    `evidence`: `ticket`, or `by` for who wrote where no ticket is opened (one person or ticket
    counts once), and what helps to judge: `source`, `chat`, `place`, `building`.
    """
    area = desk.session.get(TransformerArea, area_code, with_for_update=True)
    if area is None:
        return None
    incident = _open_incident(desk, area_code)
    report = {"at": desk.now.isoformat(), **evidence}
    if incident is None:
        incident = Incident(area_code=area_code, state=WATCHING, opened_at=desk.now, evidence=[])
        desk.session.add(incident)
    kept = incident.evidence
    reports, minutes = threshold(desk, area.households)
    if incident.state == WATCHING:
        since = desk.now - timedelta(minutes=minutes)
        kept = [one for one in kept if datetime.fromisoformat(one["at"]) >= since]
    if _who(report) not in {_who(one) for one in kept}:
        kept = [*kept, report][-MAX_EVIDENCE:]
    incident.evidence, incident.reports = kept, len(kept)
    incident.probability = _probability(desk, len(kept) - reports)
    desk.session.flush()
    if incident.state == WATCHING and len(kept) >= reports:
        _suspect(desk, incident, area)
    return incident if incident.state != WATCHING else None


def is_noted_from(desk: Desk, area_code: str, chat: str) -> bool:
    """Whether a group has told of this area's incident within the last minutes that count."""
    area = desk.session.get(TransformerArea, area_code)
    incident = _open_incident(desk, area_code)
    if area is None or incident is None:
        return False
    _, minutes = threshold(desk, area.households)
    since = desk.now - timedelta(minutes=minutes)
    return any(
        one.get("chat") == chat and datetime.fromisoformat(one["at"]) >= since
        for one in incident.evidence
    )


def is_known(desk: Desk, community_code: str) -> bool:
    """Whether a published outage explains already why a community is dark."""
    return queries.active_at(desk.session, community_code, "", desk.now) is not None


def threshold(desk: Desk, households: int) -> tuple[int, int]:
    """How many reports within how many minutes, by the size of the area and the hour."""
    rule = desk.tables.outages.suspicion_for(households)
    channels = desk.tables.channels
    night = routing.due_time(desk.now, channels.quiet_from, channels.quiet_until, urgent=False)
    fewer = NIGHT_LESS if night > desk.now else 0
    return max(FEWEST, rule.reports - fewer), rule.minutes


def get(desk: Desk, incident_id: int) -> Incident:
    """The incident, locked for this transaction; raises NotFoundError."""
    incident = desk.session.get(Incident, incident_id, with_for_update=True)
    if incident is None:
        raise NotFoundError("没有这个疑似停电。", field="incident")
    return incident


def confirm(
    desk: Desk,
    incident: Incident,
    *,
    by: str,
    ends_at: datetime | None = None,
    reason: str = "",
) -> Outage:
    """It is an outage: publish it as a fault, and let its reports hang under a parent ticket."""
    _require_suspected(incident)
    outage = _under_way(desk, incident.area_code) or _publish(desk, incident, by, ends_at, reason)
    outage.incident_id = outage.incident_id or incident.id
    incident.state, incident.outage_code = CONFIRMED, outage.outage_code
    incident.decided_by, incident.decided_at = by, desk.now
    desk.session.flush()
    desk.record(IncidentConfirmed(incident.id, outage.id, by))
    return outage


def dismiss(desk: Desk, incident: Incident, *, by: str) -> None:
    """It is none; kept, so that later ones are judged by how often this was so."""
    _require_suspected(incident)
    incident.state, incident.decided_by, incident.decided_at = DISMISSED, by, desk.now
    desk.session.flush()


def _who(report: Mapping[str, Any]) -> str:
    return str(report.get("by") or report.get("ticket") or report["at"])


def _open_incident(desk: Desk, area_code: str) -> Incident | None:
    query = (
        sa.select(Incident)
        .where(Incident.area_code == area_code, Incident.state.in_({WATCHING, SUSPECTED}))
        .order_by(Incident.id.desc())
    )
    return desk.session.scalar(query.limit(1))


def _suspect(desk: Desk, incident: Incident, area: TransformerArea) -> None:
    incident.state, incident.opened_at = SUSPECTED, desk.now
    desk.session.flush()
    alerts.suspected(desk, incident, area)
    desk.record(IncidentSuspected(incident.id))


def _probability(desk: Desk, beyond: int) -> float:
    """Odds from how past suspicions ended, doubled by each report beyond the threshold."""
    query = (
        sa.select(Incident.state, sa.func.count())
        .where(
            Incident.state.in_({CONFIRMED, DISMISSED}),
            Incident.opened_at > desk.now - timedelta(days=HISTORY_DAYS),
        )
        .group_by(Incident.state)
    )
    past = {row[0]: row[1] for row in desk.session.execute(query)}
    odds = (past.get(CONFIRMED, 0) + 2) / (past.get(DISMISSED, 0) + 1) * 2.0**beyond
    return round(odds / (1 + odds), 2)


def _require_suspected(incident: Incident) -> None:
    if incident.state != SUSPECTED:
        raise StateConflictError("这个疑似停电已经处理过了。", field="state")


def _under_way(desk: Desk, area_code: str) -> Outage | None:
    here = sa.select(OutageArea.outage_id).where(OutageArea.area_code == area_code)
    query = sa.select(Outage).where(
        Outage.id.in_(here), Outage.state == OutageState.UNDER_WAY, Outage.kind == Kind.FAULT
    )
    return desk.session.scalar(query.order_by(Outage.id.desc()).limit(1))


def _publish(
    desk: Desk, incident: Incident, by: str, ends_at: datetime | None, reason: str
) -> Outage:
    began = min((datetime.fromisoformat(one["at"]) for one in incident.evidence), default=desk.now)
    hours = timedelta(hours=desk.tables.outages.default_fault_hours)
    asked = Columns(
        kind=Kind.FAULT,
        area_codes=(incident.area_code,),
        starts_at=began,
        ends_at=ends_at or desk.now + hours,
        reason=reason,
    )
    outage = service.add(desk, asked, by=by)
    outage.parent_code = _restored_before(desk, incident.area_code)
    service.record(desk, outage, "drafted", by=by, facts={"incident": incident.id})
    service.publish(desk, outage, by=by)
    return outage


def _restored_before(desk: Desk, area_code: str) -> str | None:
    """The outage of the area that was called restored and is not: this one is nested in it."""
    here = sa.select(OutageArea.outage_id).where(OutageArea.area_code == area_code)
    query = (
        sa.select(Outage.outage_code)
        .where(
            Outage.id.in_(here),
            Outage.state.in_(rules.COUNTED - rules.ANNOUNCED),
            Outage.restored_at > desk.now - timedelta(hours=NESTED_HOURS),
        )
        .order_by(Outage.restored_at.desc())
    )
    return desk.session.scalar(query.limit(1))
