"""SAIDI, SAIFI and CAIDI after IEEE 1366, from what was written down: estimates, and said to be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.grid.models import Grid, TransformerArea
from handlers.outages import rules
from handlers.outages.models import Kind, Outage, OutageArea, OutageEvent, OutageSubscriber

# IEEE 1366: an interruption of five minutes or less is momentary and not counted.
SUSTAINED = timedelta(minutes=5)
HIT_MINUTES = 15  # an estimate that was off by no more is a hit
ESTIMATES = ("published", "changed", "delayed", "early")


@dataclass(frozen=True, slots=True)
class Indices:
    """Of one area or station over a span: minutes a household, times a household, minutes a time."""

    key: str
    households: int
    interruptions: int
    saidi: float
    saifi: float
    caidi: float
    is_estimate: bool = True


@dataclass(frozen=True, slots=True)
class Promises:
    """How good a station's restoration estimates were; bias is positive where power came late."""

    key: str
    estimates: int
    hit_rate: float
    bias_minutes: float


@dataclass(slots=True)
class Sum:
    households: int = 0
    interrupted: int = 0
    minutes: float = 0.0
    outages: set[int] = field(default_factory=set)


def indices(
    session: Session,
    since: datetime,
    until: datetime,
    *,
    by_station: bool = True,
    kinds: Sequence[str] = tuple(Kind),
) -> list[Indices]:
    """The three indices by station, or by transformer area, of a span; unfinished ones so far."""
    groups = _groups(session, by_station=by_station)
    sums: dict[str, Sum] = {}
    for key, households in groups.values():
        sums.setdefault(key, Sum()).households += households
    for outage, area_code in _interruptions(session, since, until, kinds):
        key, households = groups[area_code]
        off = min(_ended(outage, until), until) - max(outage.starts_at, since)
        if off <= SUSTAINED:
            continue
        total = sums[key]
        total.interrupted += households
        total.minutes += households * off.total_seconds() / 60
        total.outages.add(outage.id)
    return [_indices(key, total) for key, total in sorted(sums.items())]


def promises(session: Session, since: datetime, until: datetime) -> list[Promises]:
    """Hit rate and bias of the estimates of each station's outages that were restored."""
    offs: dict[str, list[float]] = {}
    stations = {code: key for code, (key, _) in _groups(session, by_station=True).items()}
    query = (
        sa.select(OutageEvent, Outage)
        .join(Outage, Outage.id == OutageEvent.outage_id)
        .where(
            OutageEvent.action.in_(ESTIMATES),
            Outage.restored_at.between(since, until),
        )
    )
    for event, outage in session.execute(query):
        told = _estimate(event.facts)
        if told is None or outage.restored_at is None:
            continue
        off = (outage.restored_at - told).total_seconds() / 60
        for key in {stations[area.area_code] for area in outage.areas}:
            offs.setdefault(key, []).append(off)
    return [
        Promises(
            key,
            len(found),
            round(sum(abs(off) <= HIT_MINUTES for off in found) / len(found), 3),
            round(sum(found) / len(found), 1),
        )
        for key, found in sorted(offs.items())
    ]


def false_restorations(session: Session, since: datetime, until: datetime) -> float | None:
    """The share of restorations after which power was still off somewhere; None without any."""
    restored = set(
        session.scalars(
            sa.select(Outage.outage_code).where(Outage.restored_at.between(since, until))
        )
    )
    if not restored:
        return None
    nested = sa.select(Outage.parent_code).where(Outage.parent_code.in_(restored))
    dark = (
        sa.select(Outage.outage_code)
        .join(OutageSubscriber, OutageSubscriber.outage_id == Outage.id)
        .where(Outage.outage_code.in_(restored), OutageSubscriber.answer == "dark")
    )
    false = {*session.scalars(nested), *session.scalars(dark)}
    return round(len(false) / len(restored), 3)


def _groups(session: Session, *, by_station: bool) -> dict[str, tuple[str, int]]:
    """The key and the households of each area."""
    query = sa.select(
        TransformerArea.area_code, TransformerArea.households, Grid.station_code
    ).join(Grid, Grid.grid_code == TransformerArea.grid_code)
    return {
        area_code: (station_code if by_station else area_code, households)
        for area_code, households, station_code in session.execute(query)
    }


def _interruptions(
    session: Session, since: datetime, until: datetime, kinds: Sequence[str]
) -> list[tuple[Outage, str]]:
    query = (
        sa.select(Outage, OutageArea.area_code)
        .join(OutageArea, OutageArea.outage_id == Outage.id)
        .where(
            Outage.state.in_(rules.COUNTED),
            Outage.kind.in_(kinds),
            Outage.starts_at < until,
            sa.func.coalesce(Outage.restored_at, Outage.ends_at) > since,
        )
        .order_by(Outage.id, OutageArea.area_code)
    )
    return [(outage, area_code) for outage, area_code in session.execute(query)]


def _ended(outage: Outage, until: datetime) -> datetime:
    """When power came back: as written down, else as planned."""
    return outage.restored_at or min(outage.ends_at, until)


def _estimate(facts: dict[str, Any]) -> datetime | None:
    told = facts.get("ends_at") or facts.get("after", {}).get("ends_at")
    return datetime.fromisoformat(told) if told else None


def _indices(key: str, total: Sum) -> Indices:
    homes = total.households
    return Indices(
        key=key,
        households=homes,
        interruptions=len(total.outages),
        saidi=round(total.minutes / homes, 2) if homes else 0.0,
        saifi=round(total.interrupted / homes, 4) if homes else 0.0,
        caidi=round(total.minutes / total.interrupted, 2) if total.interrupted else 0.0,
    )
