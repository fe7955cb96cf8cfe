"""Hot words, rising topics, and areas whose power goes off again and again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.figures.models import AreaCell, DayCell, WordCell
from handlers.figures.totals import Span
from handlers.grid.models import Grid, TransformerArea
from handlers.outages import rules as outage_rules
from handlers.outages.models import Kind, Outage, OutageArea
from handlers.tickets.models import Category

LOOK_BACK = 4  # rising against the mean of so many spans before
FEWEST = 3
STRIKING = 2.0  # standard deviations of a Poisson count
FAULTS = (Category.OUTAGE, Category.FAULT, Category.HAZARD)


@dataclass(frozen=True, slots=True)
class HotWord:
    word: str
    tickets: int


@dataclass(frozen=True, slots=True)
class Rising:
    """A word or a category that came up more often than it used to."""

    topic: str
    tickets: int
    usual: float


@dataclass(frozen=True, slots=True)
class Area:
    """What speaks for work on a transformer area: outages of 60 days, requests of the span."""

    area_code: str
    name: str
    station_code: str
    households: int
    outages: int
    faults: int
    low_voltage: int


def hot_words(session: Session, span: Span, limit: int = 20) -> list[HotWord]:
    counts = _words(session, span)
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [HotWord(word, tickets) for word, tickets in ordered[:limit]]


def rising_words(session: Session, span: Span, limit: int = 8) -> list[Rising]:
    return _rising(_words(session, span), _words(session, _long_before(span)), limit)


def rising_categories(session: Session, span: Span, limit: int = 5) -> list[Rising]:
    return _rising(_categories(session, span), _categories(session, _long_before(span)), limit)


def repeated_areas(
    session: Session, span: Span, now: datetime, *, days: int, fewest: int, limit: int = 50
) -> list[Area]:
    """Areas with so many outages in the days until now (restrictions not counted), the worst first."""
    requests = area_requests(session, span)
    outages = _outages(session, now, days)
    chosen = {code for code, count in outages.items() if count >= fewest}
    query = (
        sa.select(TransformerArea, Grid.station_code)
        .join(Grid, Grid.grid_code == TransformerArea.grid_code)
        .where(TransformerArea.area_code.in_(chosen))
    )
    if span.station_code is not None:
        query = query.where(Grid.station_code == span.station_code)
    found = [
        Area(
            area.area_code,
            area.name,
            station_code,
            area.households,
            outages[area.area_code],
            sum(requests.get((area.area_code, kind), 0) for kind in FAULTS),
            requests.get((area.area_code, Category.POWER_QUALITY), 0),
        )
        for area, station_code in session.execute(query)
    ]
    return sorted(found, key=lambda one: (-one.outages, -one.faults, one.area_code))[:limit]


def area_requests(session: Session, span: Span) -> dict[tuple[str, str], int]:
    """Requests of a span by area and category."""
    query = (
        sa.select(AreaCell.area_code, AreaCell.category, sa.func.sum(AreaCell.created))
        .where(AreaCell.day.between(span.since, span.until))
        .group_by(AreaCell.area_code, AreaCell.category)
    )
    return {(row[0], row[1]): int(row[2]) for row in session.execute(query)}


def low_voltage_areas(session: Session, span: Span, limit: int = 20) -> list[tuple[str, int]]:
    """低电压: areas by how many told of voltage in a span."""
    counts = [
        (code, count)
        for (code, category), count in area_requests(session, span).items()
        if category == Category.POWER_QUALITY and count
    ]
    return sorted(counts, key=lambda one: (-one[1], one[0]))[:limit]


def _outages(session: Session, now: datetime, days: int) -> Mapping[str, int]:
    query = (
        sa.select(OutageArea.area_code, sa.func.count())
        .join(Outage, Outage.id == OutageArea.outage_id)
        .where(
            Outage.state.in_(outage_rules.COUNTED),
            Outage.kind != Kind.RESTRICTION,
            Outage.starts_at.between(now - timedelta(days=days), now),
        )
        .group_by(OutageArea.area_code)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _words(session: Session, span: Span) -> dict[str, int]:
    query = (
        sa.select(WordCell.word, sa.func.sum(WordCell.tickets))
        .where(WordCell.day.between(span.since, span.until), WordCell.tickets > 0)
        .group_by(WordCell.word)
    )
    if span.station_code is not None:
        query = query.where(WordCell.station_code == span.station_code)
    return {row[0]: int(row[1]) for row in session.execute(query)}


def _categories(session: Session, span: Span) -> dict[str, int]:
    query = (
        sa.select(DayCell.category, sa.func.sum(DayCell.created))
        .where(DayCell.day.between(span.since, span.until))
        .group_by(DayCell.category)
    )
    if span.station_code is not None:
        query = query.where(DayCell.station_code == span.station_code)
    return {row[0]: int(row[1]) for row in session.execute(query)}


def _long_before(span: Span) -> Span:
    since: date = span.since - timedelta(days=span.days * LOOK_BACK)
    return Span(since, span.since - timedelta(days=1), span.station_code)


def _rising(now: Mapping[str, int], before: Mapping[str, int], limit: int) -> list[Rising]:
    found = []
    for topic, tickets in now.items():
        usual = before.get(topic, 0) / LOOK_BACK
        if tickets >= FEWEST and (tickets - usual) / sqrt(max(usual, 1.0)) >= STRIKING:
            found.append(Rising(topic, tickets, round(usual, 1)))
    return sorted(found, key=lambda one: (one.usual - one.tickets, one.topic))[:limit]
