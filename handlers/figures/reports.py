"""The weekly and the monthly report: everything a meeting needs, from the aggregates alone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from config.clock import CHINA
from handlers.desk import Desk
from handlers.figures import hot, people, proactive, quality, talk, totals
from handlers.figures.hot import Area, HotWord, Rising
from handlers.figures.people import Scorecard
from handlers.figures.quality import DataQuality, Unmapped
from handlers.figures.talk import Talk
from handlers.figures.totals import Span, Totals
from handlers.grid.models import Grid, Station, TransformerArea
from handlers.outages import reliability
from handlers.outages.reliability import Indices, Promises
from handlers.tickets.models import Category, Ticket
from handlers.tickets.rules import CATEGORY_WORDS

WEEK = 7
GENERAL = "总队列"


@dataclass(frozen=True, slots=True)
class Line:
    """A named sum: a day, a station, a grid or a category."""

    key: str
    name: str
    totals: Totals


@dataclass(frozen=True, slots=True)
class Report:
    """All of a report; `before` is the same number of days right before, `places` stations by code."""

    span: Span
    title: str
    place: str
    places: dict[str, str]
    made_at: datetime
    totals: Totals
    before: Totals
    days: list[Line]
    stations: list[Line]
    grids: list[Line]
    categories: list[Line]
    people: list[Scorecard]
    words: list[HotWord]
    rising: list[Rising]
    areas: list[Area]
    low_voltage: list[tuple[TransformerArea, int]]
    indices: list[Indices]
    outage_promises: list[Promises]
    false_restorations: float | None
    quality: list[DataQuality]
    unmapped: list[Unmapped]
    supervised: list[Ticket]
    talk: Talk


def last_week(today: date) -> tuple[date, date]:
    """Monday to Sunday before this week."""
    monday = today - timedelta(days=today.weekday() + WEEK)
    return monday, monday + timedelta(days=WEEK - 1)


def last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def report(desk: Desk, span: Span) -> Report:
    """Put a report together."""
    session, now = desk.session, desk.now
    begins = datetime.combine(span.since, time(), CHINA)
    ends = min(datetime.combine(span.until + timedelta(days=1), time(), CHINA), now)
    indices = reliability.indices(session, begins, ends) if ends > begins else []
    promises = reliability.promises(session, begins, ends)
    here, places = span.station_code, _station_names(desk)
    return Report(
        span=span,
        title=_title(span),
        place=_place(span, places),
        places=places,
        made_at=now,
        totals=totals.total(session, span, now),
        before=totals.total(session, span.before, now),
        days=_days(desk, span),
        stations=_lines(desk, "station", span, places),
        grids=_lines(desk, "grid", span, _grid_names(desk)),
        categories=_lines(desk, "category", span, _category_names()),
        people=[c for c in people.scorecards(desk, span) if here in {None, c.station_code}],
        words=hot.hot_words(session, span),
        rising=hot.rising_words(session, span),
        areas=hot.repeated_areas(
            session,
            span,
            now,
            days=desk.tables.outages.repeat_days,
            fewest=desk.tables.outages.repeat_warning,
        ),
        low_voltage=proactive.low_voltage(session, span),
        indices=[one for one in indices if here in {None, one.key}],
        outage_promises=[one for one in promises if here in {None, one.key}],
        false_restorations=reliability.false_restorations(session, begins, ends),
        quality=quality.data_quality(session, here),
        unmapped=quality.unmapped(session, here),
        supervised=quality.supervised(session, here),
        talk=talk.total(session, span),
    )


def _title(span: Span) -> str:
    is_month = span.since.day == 1 and (span.until + timedelta(days=1)).day == 1
    if is_month and span.since.month == span.until.month:
        return f"{span.since.year}年{span.since.month}月 服务月报"
    if span.days == WEEK:
        return f"{span.since:%Y年%m月%d日}至{span.until:%m月%d日} 服务周报"
    return f"{span.since:%Y年%m月%d日}至{span.until:%Y年%m月%d日} 服务报告"


def _place(span: Span, places: dict[str, str]) -> str:
    if span.station_code is None:
        return "全部服务站"
    return places.get(span.station_code, span.station_code)


def _days(desk: Desk, span: Span) -> list[Line]:
    """Every day, those without a request too."""
    found = totals.grouped(desk.session, "day", span, desk.now)
    days = [span.since + timedelta(days=number) for number in range(span.days)]
    return [Line(day.isoformat(), f"{day:%m-%d}", found.get(day, Totals())) for day in days]


def _lines(desk: Desk, by: str, span: Span, names: dict[str, str]) -> list[Line]:
    found: dict[Any, Totals] = totals.grouped(desk.session, by, span, desk.now)
    lines = [Line(key, names.get(key, key or GENERAL), sums) for key, sums in found.items()]
    return sorted(lines, key=lambda line: (-line.totals["created"], line.key))


def _station_names(desk: Desk) -> dict[str, str]:
    rows = desk.session.execute(sa.select(Station.station_code, Station.name))
    return {row[0]: row[1] for row in rows}


def _grid_names(desk: Desk) -> dict[str, str]:
    return {row[0]: row[1] for row in desk.session.execute(sa.select(Grid.grid_code, Grid.name))}


def _category_names() -> dict[str, str]:
    return {category.value: CATEGORY_WORDS[category] for category in Category}
