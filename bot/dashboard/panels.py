"""What of the wall changes by the minute: trends, words, areas, coverage, the bot."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.dashboard.scope import Links, View
from handlers.figures import hot, quality, talk, totals
from handlers.figures.totals import Span, Totals
from handlers.grid.models import Grid, Station
from handlers.outages import queries, wording
from handlers.outages.coverage import coverage
from handlers.outages.models import OutageState
from handlers.outages.rules import KIND_WORDS, STATE_WORDS
from handlers.tickets.models import Category
from handlers.tickets.rules import CATEGORY_WORDS

TREND_DAYS = 14
OUTAGES = 8
WORDS = 12
AREAS = 10


def slow(view: View) -> dict[str, Any]:
    """What changes by the minute: trends, words, areas, coverage, the bot, what is under 督办."""
    week, month = view.span(7), view.span(30)
    return {
        "trend": _trend(view),
        "categories": _categories(view, week),
        "stations": _stations(view, week),
        "words": [
            {
                "name": word.word,
                "value": word.tickets,
                "href": view.links.words(word.word),
            }
            for word in hot.hot_words(view.desk.session, week, WORDS)
        ],
        "rising": _rising(view, week),
        "areas": _areas(view, month),
        "outages": _outages(view),
        "bot": _bot(view, week),
        "supervised": [
            {
                "name": f"{ticket.number} {CATEGORY_WORDS[Category(ticket.category)]}",
                "text": ticket.place_text,
                "href": f"/console/tickets/{ticket.number}",
            }
            for ticket in quality.supervised(view.desk.session, view.station_code)[:AREAS]
        ],
        "unmapped": len(quality.unmapped(view.desk.session, view.station_code)),
    }


def _outages(view: View) -> list[dict[str, Any]]:
    """Outages under way and announced, with who was told."""
    session = view.desk.session
    found = queries.search(
        session,
        states=(OutageState.UNDER_WAY, OutageState.PUBLISHED),
        station_code=view.station_code,
        starts_to=view.desk.now + timedelta(days=1),
        limit=100,
    )
    found.sort(key=lambda one: (one.state != OutageState.UNDER_WAY, one.ends_at))
    rows = []
    for outage in found[:OUTAGES]:
        told = coverage(session, outage)
        rows.append(
            {
                "code": outage.outage_code,
                "kind": KIND_WORDS[outage.kind],
                "state": STATE_WORDS[outage.state],
                "places": wording.short_places(queries.touched(session, outage)),
                "until": f"{outage.ends_at:%m-%d %H:%M}",
                "households": told.households,
                "told": told.told,
                "is_off": outage.state == OutageState.UNDER_WAY,
                "href": f"/console/outages/{outage.outage_code}",
            }
        )
    return rows


def _trend(view: View) -> dict[str, Any]:
    span = view.span(TREND_DAYS)
    found = totals.grouped(view.desk.session, "day", span, view.desk.now)
    days = [span.since + timedelta(days=number) for number in range(span.days)]
    sums = [found.get(day, Totals()) for day in days]
    one = [Span(day, day, view.station_code) for day in days]
    return {
        "days": [f"{day:%m-%d}" for day in days],
        "created": [total["created"] for total in sums],
        "resolved": [total["resolved"] for total in sums],
        "response": [_percent(total.response_rate) for total in sums],
        "solved": [_percent(total.solved_rate) for total in sums],
        "satisfaction": [_percent(total.satisfaction) for total in sums],
        "hrefs": [view.links.tickets("created", day) for day in one],
    }


def _percent(rate: float | None) -> float | None:
    return None if rate is None else round(rate * 100, 1)


def _categories(view: View, span: Span) -> list[dict[str, Any]]:
    found = totals.grouped(view.desk.session, "category", span, view.desk.now)
    rows = [
        {
            "name": CATEGORY_WORDS[Category(category)],
            "value": sums["created"],
            "href": view.links.tickets("created", span, category=category),
        }
        for category, sums in found.items()
        if sums["created"]
    ]
    return sorted(rows, key=lambda row: -int(row["value"]))


def _stations(view: View, span: Span) -> list[dict[str, Any]]:
    """Each station of the week, or of one station each grid."""
    by = "station" if view.station_code is None else "grid"
    names = _names(view, by)
    found = totals.grouped(view.desk.session, by, span, view.desk.now)
    return [
        {
            "name": names.get(key, key or "总队列"),
            "created": sums["created"],
            "soon": _percent(sums.soon_rate),
            "response": _percent(sums.response_rate),
            "satisfaction": _percent(sums.satisfaction),
            "href": _place(view, by, key, span),
        }
        for key, sums in sorted(found.items(), key=lambda one: -one[1]["created"])
    ]


def _place(view: View, by: str, key: str, span: Span) -> str:
    if by == "grid":
        return view.links.tickets("created", span, grid=key)
    return Links(key or None).tickets("created", span) if key else "/console/?view=general"


def _names(view: View, by: str) -> Mapping[str, str]:
    query = (
        sa.select(Station.station_code, Station.name)
        if by == "station"
        else sa.select(Grid.grid_code, Grid.name)
    )
    return {row[0]: row[1] for row in view.desk.session.execute(query)}


def _rising(view: View, span: Span) -> list[dict[str, Any]]:
    session = view.desk.session
    words = hot.rising_words(session, span)
    kinds = [
        (
            CATEGORY_WORDS[Category(one.topic)],
            one,
            view.links.tickets("created", span, category=one.topic),
        )
        for one in hot.rising_categories(session, span)
    ]
    named = [(one.topic, one, view.links.words(one.topic)) for one in words]
    return [
        {"name": name, "value": one.tickets, "usual": one.usual, "href": href}
        for name, one, href in (*kinds, *named)
    ]


def _areas(view: View, span: Span) -> list[dict[str, Any]]:
    rules = view.desk.tables.outages
    found = hot.repeated_areas(
        view.desk.session,
        span,
        view.desk.now,
        days=rules.repeat_days,
        fewest=rules.repeat_warning,
        limit=AREAS,
    )
    return [
        {
            "name": area.name,
            "outages": area.outages,
            "faults": area.faults,
            "low_voltage": area.low_voltage,
            "href": view.links.tickets("created", span, area=area.area_code),
        }
        for area in found
    ]


def _bot(view: View, span: Span) -> dict[str, Any]:
    found = talk.total(view.desk.session, span)
    return {
        "messages": found.messages,
        "understood": _percent(found.understood_rate),
        "handed_over": _percent(found.handed_over_rate),
        "deflected": _percent(found.deflected_rate),
        "href": "/console/review",
    }
