"""Times promised for the end of outages: kept, broken, or still running, by station and day.

A promise that was replaced by a change binds no longer, as with tickets.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.clock import china
from handlers.desk import Desk
from handlers.figures import marks
from handlers.figures.models import OutageFact
from handlers.grid.models import Grid, TransformerArea
from handlers.outages.models import Outage, OutageArea, OutageEvent, OutageState

EVENTS = "outage_events"
PAGE = 500
RUNNING = frozenset({OutageState.PUBLISHED, OutageState.UNDER_WAY})


def catch_up(desk: Desk) -> int:
    """Count outages with new events; returns how many events, none once there are no more.

    Seeing an event twice changes nothing, so the mark stays a little behind (ADR 7).
    """
    mark = marks.take(desk.session, EVENTS)
    rows = desk.session.execute(
        sa.select(OutageEvent.id, OutageEvent.outage_id, OutageEvent.at)
        .where(OutageEvent.id > mark.last_id)
        .order_by(OutageEvent.id)
        .limit(PAGE)
    ).all()
    count(desk.session, sorted({row[1] for row in rows}))
    before, mark.last_id = (
        mark.last_id,
        marks.settled(mark.last_id, [(row[0], row[2]) for row in rows], desk.now),
    )
    return len(rows) if len(rows) == PAGE and mark.last_id > before else 0


def rebuild(desk: Desk) -> None:
    """Count every outage anew."""
    marks.take(desk.session, EVENTS).last_id = 0
    desk.session.execute(sa.delete(OutageFact))
    desk.session.flush()
    while catch_up(desk):
        pass


def count(session: Session, ids: Sequence[int]) -> None:
    """Count these outages anew as they are now."""
    if not ids:
        return
    session.execute(sa.delete(OutageFact).where(OutageFact.outage_id.in_(ids)))
    stations = _stations(session, ids)
    for outage in session.scalars(sa.select(Outage).where(Outage.id.in_(ids))):
        session.add_all(_facts(outage, stations.get(outage.id, ())))
    session.flush()


def _facts(outage: Outage, stations: Sequence[str]) -> Iterator[OutageFact]:
    is_told = outage.published_at is not None and outage.state != OutageState.CANCELLED
    for station_code in stations if is_told else ():
        yield OutageFact(
            outage_id=outage.id,
            station_code=station_code,
            outage_code=outage.outage_code,
            day=china(outage.starts_at).date(),
            promises_due=int(outage.restored_at is not None),
            promises_kept=int(_held(outage)),
            promise_by=outage.ends_at if outage.state in RUNNING else None,
        )


def _held(outage: Outage) -> bool:
    return outage.restored_at is not None and outage.restored_at <= outage.ends_at


def broken(session: Session, where: Sequence[Any], now: datetime, limit: int) -> list[OutageFact]:
    """The outages that ended, or still last, after their promised time, the newest first."""
    query = sa.select(OutageFact).where(
        *where,
        sa.or_(OutageFact.promises_kept < OutageFact.promises_due, OutageFact.promise_by < now),
    )
    return list(session.scalars(query.order_by(OutageFact.outage_id.desc()).limit(limit)))


def _stations(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    query = (
        sa.select(OutageArea.outage_id, Grid.station_code)
        .join(TransformerArea, TransformerArea.area_code == OutageArea.area_code)
        .join(Grid, Grid.grid_code == TransformerArea.grid_code)
        .where(OutageArea.outage_id.in_(ids))
        .distinct()
        .order_by(OutageArea.outage_id, Grid.station_code)
    )
    found: dict[int, list[str]] = {}
    for outage_id, station_code in session.execute(query):
        found.setdefault(outage_id, []).append(station_code)
    return found
