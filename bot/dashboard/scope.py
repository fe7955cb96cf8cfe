"""Whose figures a person may see, of which days, and where each figure leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from bot.access.signed_in import Person
from handlers.desk import Desk
from handlers.figures.totals import Span
from handlers.grid.models import Station

MOST_DAYS = 400
WEEK = 7


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of the tickets behind figures; `station_code` is a choice among all stations."""

    station_code: str | None = None

    def queue(self, **filters: str) -> str:
        """The console's queue, or where it cannot be narrowed to a station the list here."""
        if self.station_code is None:
            return "/console/?" + urlencode(filters)
        figure = "late" if filters.get("view") == "overdue" else "open"
        return self.tickets(figure, state=filters.get("state", ""))

    def tickets(self, figure: str, span: Span | None = None, **filters: str) -> str:
        pairs = {"figure": figure} | {name: value for name, value in filters.items() if value}
        if span is not None:
            pairs |= {"from": span.since.isoformat(), "to": span.until.isoformat()}
        if self.station_code is not None:
            pairs["station"] = self.station_code
        return "/dashboard/tickets?" + urlencode(pairs)

    def words(self, text: str) -> str:
        return "/console/?" + urlencode({"view": "all", "q": text})


@dataclass(frozen=True, slots=True)
class View:
    """Whose wall: the days of its rates, the station or all, and its links."""

    desk: Desk
    station_code: str | None
    links: Links

    def span(self, days: int) -> Span:
        today = self.desk.now.date()
        return Span(today - timedelta(days=days - 1), today, self.station_code)


def station_of(desk: Desk, person: Person, args: Mapping[str, str]) -> str | None:
    """The station to show: one's own, or for the command centre the one asked for, else all."""
    if not person.is_everywhere:
        return person.station_code or ""
    asked = args.get("station", "")
    return asked if asked and desk.session.get(Station, asked) is not None else None


def links_of(person: Person, station_code: str | None) -> Links:
    return Links(station_code if person.is_everywhere else None)


def span_of(desk: Desk, station_code: str | None, args: Mapping[str, str]) -> Span:
    """The days asked for; the last seven where nothing usable is said."""
    today = desk.now.date()
    until = _day(args.get("to", "")) or today
    since = _day(args.get("from", "")) or until - timedelta(days=WEEK - 1)
    if since > until:
        since, until = until, since
    return Span(max(since, until - timedelta(days=MOST_DAYS)), until, station_code)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
