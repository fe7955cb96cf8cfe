"""One station, grid or person week by week, so that a trend is seen and not just a week."""

from dataclasses import dataclass
from datetime import date, timedelta

from handlers.desk import Desk
from handlers.errors import NotFoundError
from handlers.figures import totals
from handlers.figures.totals import Span, Totals
from handlers.grid.models import Grid, Staff, Station

WEEK = 7
KINDS = ("station", "grid", "person")
NOBODY = "没有这个服务站、网格或人员，或者不在您的站里。"


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday; the last one may not be over."""

    span: Span
    totals: Totals


@dataclass(frozen=True, slots=True)
class Course:
    """Whose weeks these are, the oldest first."""

    kind: str
    key: str
    name: str
    weeks: list[Week]


def course(desk: Desk, kind: str, key: str, *, weeks: int, station_code: str | None) -> Course:
    """The last weeks of one; raises NotFoundError for what is not there or another station's."""
    name, station = _named(desk, kind, key)
    if station_code not in {None, station}:
        raise NotFoundError(NOBODY)
    today = desk.now.date()
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(days=WEEK * (weeks - 1))
    found = totals.daily_of(desk.session, kind, key, Span(first, today), desk.now)
    return Course(kind, key, name, [_week(found, first, n, station) for n in range(weeks)])


def _week(found: dict[date, Totals], first: date, number: int, station: str | None) -> Week:
    since = first + timedelta(days=WEEK * number)
    days = [since + timedelta(days=n) for n in range(WEEK)]
    return Week(
        Span(since, days[-1], station),
        totals.together(found[day] for day in days if day in found),
    )


def _named(desk: Desk, kind: str, key: str) -> tuple[str, str | None]:
    """The name and the station."""
    if kind == "station" and (station := desk.session.get(Station, key)) is not None:
        return station.name, station.station_code
    if kind == "grid" and (grid := desk.session.get(Grid, key)) is not None:
        return grid.name, grid.station_code
    if kind == "person" and (person := desk.session.get(Staff, key)) is not None:
        return person.name, person.station_code
    raise NotFoundError(NOBODY)
