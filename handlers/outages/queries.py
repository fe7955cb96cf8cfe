"""Reads of outages: what is off where, what comes, lists for the console, the API and the pages."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.grid import queries as grid
from handlers.grid.models import CommunityArea, Grid, TransformerArea
from handlers.grid.rules import covers
from handlers.outages import columns, rules, wording
from handlers.outages.models import (
    Incident,
    Outage,
    OutageArea,
    OutageEvent,
    OutageState,
    OutageStep,
)
from handlers.outages.wording import Affected


def active_at(
    session: Session,
    community_code: str,
    building: str,
    at: datetime,
    *,
    lapsed_hours: int = 4,
) -> Outage | None:
    """The published outage that leaves a place without power now; building may be empty.

    One whose expected end is hours past without word explains nothing any more: a report then
    is a report.
    """
    area_codes = [area.area_code for area in grid.areas_of(session, community_code, building)]
    query = (
        _of_areas(area_codes)
        .where(
            Outage.state.in_(rules.ANNOUNCED),
            Outage.starts_at <= at,
            Outage.ends_at > at - timedelta(hours=lapsed_hours),
        )
        .order_by(Outage.ends_at.desc(), Outage.id)
    )
    return session.scalar(query.limit(1))


def upcoming(
    session: Session,
    community_codes: Sequence[str],
    until: datetime,
    *,
    after: datetime,
    building: str = "",
) -> list[Outage]:
    """Published outages of some communities that touch the span, soonest first."""
    area_codes = areas_in(session, community_codes, building)
    query = _of_areas(area_codes).where(
        Outage.state.in_(rules.ANNOUNCED), Outage.starts_at < until, Outage.ends_at > after
    )
    return list(session.scalars(query.order_by(Outage.starts_at, Outage.id)))


def restored_lately(
    session: Session, community_code: str, building: str, at: datetime, *, hours: int = 24
) -> Outage | None:
    """The last outage of a place that was ended within the hours."""
    area_codes = areas_in(session, [community_code], building)
    query = (
        _of_areas(area_codes)
        .where(
            Outage.state.in_({OutageState.RESTORED, OutageState.ARCHIVED}),
            Outage.restored_at.between(at - timedelta(hours=hours), at),
        )
        .order_by(Outage.restored_at.desc())
    )
    return session.scalar(query.limit(1))


def areas_in(session: Session, community_codes: Sequence[str], building: str = "") -> list[str]:
    """The transformer areas of communities, or of one building of them."""
    query = sa.select(CommunityArea).where(CommunityArea.community_code.in_(community_codes))
    links = session.scalars(query).all()
    return sorted(
        {link.area_code for link in links if not building or covers(link.buildings, building)}
    )


def search(
    session: Session,
    *,
    states: Sequence[str] = (),
    area_code: str | None = None,
    station_code: str | None = None,
    starts_from: datetime | None = None,
    starts_to: datetime | None = None,
    after_id: int = 0,
    limit: int = 50,
) -> list[Outage]:
    """A page of outages by id, for lists with a cursor."""
    query = sa.select(Outage).where(Outage.id > after_id)
    if states:
        query = query.where(Outage.state.in_(states))
    if area_code is not None:
        query = query.where(Outage.areas.any(OutageArea.area_code == area_code))
    if station_code is not None:
        here = (
            sa.select(OutageArea.outage_id)
            .join(TransformerArea, TransformerArea.area_code == OutageArea.area_code)
            .join(Grid, Grid.grid_code == TransformerArea.grid_code)
            .where(Grid.station_code == station_code)
        )
        query = query.where(Outage.id.in_(here))
    if starts_from is not None:
        query = query.where(Outage.starts_at >= starts_from)
    if starts_to is not None:
        query = query.where(Outage.starts_at < starts_to)
    return list(session.scalars(query.order_by(Outage.id).limit(limit)))


def public(session: Session, *, after: datetime, until: datetime) -> list[Outage]:
    """What everyone may read: announced outages of a span, those under way first."""
    query = sa.select(Outage).where(
        Outage.state.in_({*rules.ANNOUNCED, OutageState.RESTORED, OutageState.CANCELLED}),
        Outage.published_at.is_not(None) | Outage.is_imported,
        Outage.starts_at < until,
        Outage.ends_at > after,
    )
    found = session.scalars(query.order_by(Outage.starts_at, Outage.id)).all()
    return sorted(found, key=lambda outage: outage.state != OutageState.UNDER_WAY)


def touched(session: Session, outage: Outage) -> list[Affected]:
    """The places of an outage by the names residents use."""
    return wording.affected(session, [area.area_code for area in outage.areas])


def history(session: Session, outage: Outage) -> list[OutageEvent]:
    query = sa.select(OutageEvent).where(OutageEvent.outage_id == outage.id)
    return list(session.scalars(query.order_by(OutageEvent.id)))


def steps(session: Session, outage: Outage) -> list[OutageStep]:
    """What was or will be told when, for the progress on the page."""
    query = sa.select(OutageStep).where(OutageStep.outage_id == outage.id)
    return list(session.scalars(query.order_by(OutageStep.at, OutageStep.id)))


def incidents(session: Session, *, state: str = "suspected") -> list[Incident]:
    query = sa.select(Incident).where(Incident.state == state)
    return list(session.scalars(query.order_by(Incident.id)))


def as_columns(outage: Outage) -> dict[str, Any]:
    """The columns of outages.csv and the state, as the API shows them."""
    now = columns.of(outage)
    return {
        "outage_code": now.outage_code,
        "kind": now.kind.value,
        "area_codes": list(now.area_codes),
        "starts_at": now.starts_at.isoformat(),
        "ends_at": now.ends_at.isoformat(),
        "reason": now.reason,
        "slot_reason": now.slot_reason,
        "late_reason": now.late_reason,
        "waiver": now.waiver,
        "state": str(outage.state),
    }


def _of_areas(area_codes: Sequence[str]) -> sa.Select[Outage]:
    here = sa.select(OutageArea.outage_id).where(OutageArea.area_code.in_(area_codes))
    return sa.select(Outage).where(Outage.id.in_(here))
