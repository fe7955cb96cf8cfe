"""Sums of the figures over days, and the rates that follow from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.figures.models import MEASURES, DayCell, FigureCell, OutageFact, TicketFact

BY: dict[str, Any] = {
    "day": DayCell.day,
    "station": DayCell.station_code,
    "category": DayCell.category,
    "grid": FigureCell.grid_code,
    "person": FigureCell.person,
}
FACTS: dict[str, Any] = {
    "day": TicketFact.day,
    "station": TicketFact.station_code,
    "grid": TicketFact.grid_code,
    "category": TicketFact.category,
    "person": TicketFact.person,
}
# Outages promise to whole stations, not by category, grid or person.
OUTAGES: dict[str, Any] = {"day": OutageFact.day, "station": OutageFact.station_code}
# Open cases past a deadline have missed it, though no step has told so yet.
LATE = {
    "contact_due": TicketFact.contact_by,
    "arrival_due": TicketFact.arrival_by,
    "finish_due": TicketFact.finish_by,
    "promises_due": TicketFact.promise_by,
}


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `since` to `until`, both included; of one station or of all."""

    since: date
    until: date
    station_code: str | None = None

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def before(self) -> "Span":
        """The same number of days right before."""
        return Span(
            self.since - timedelta(days=self.days),
            self.since - timedelta(days=1),
            self.station_code,
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """The measures added up; a rate is None where nothing was asked or decided."""

    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEASURES, 0))

    def __getitem__(self, measure: str) -> int:
        return self.sums[measure]

    @property
    def valid(self) -> int:
        """Requests but for the withdrawn and merged ones."""
        return self["created"] - self["dropped"]

    @property
    def response_rate(self) -> float | None:
        return share(self["contact_in_time"], self["contact_due"])

    @property
    def arrival_rate(self) -> float | None:
        return share(self["arrival_in_time"], self["arrival_due"])

    @property
    def soon_rate(self) -> float | None:
        return share(self["arrived_soon"], self["arrived"])

    @property
    def arrival_average(self) -> float | None:
        return mean(self["arrival_minutes"], self["arrived"])

    @property
    def finish_rate(self) -> float | None:
        return share(self["finish_in_time"], self["finish_due"])

    @property
    def resolved_rate(self) -> float | None:
        return share(self["resolved"], self.valid)

    @property
    def solved_rate(self) -> float | None:
        """解决率 of the answers that speak of it: no answer is no answer (DOMAIN.md section 7)."""
        return share(self["solved"], self["told_solved"])

    @property
    def time_rate(self) -> float | None:
        return share(self["in_time"], self["told_time"])

    @property
    def manner_rate(self) -> float | None:
        return share(self["kind"], self["told_manner"])

    @property
    def satisfaction(self) -> float | None:
        return share(self["satisfied"], self["scored"])

    @property
    def average_score(self) -> float | None:
        return mean(self["score_sum"], self["scored"], digits=2)

    @property
    def answer_rate(self) -> float | None:
        return share(self["answered"], self["surveyed"])

    @property
    def promise_rate(self) -> float | None:
        return share(self["promises_kept"], self["promises_due"])

    @property
    def repeat_rate(self) -> float | None:
        return share(self["repeated"], self.valid)

    @property
    def points(self) -> float:
        return self["points"] / 100


def total(session: Session, span: Span, now: datetime) -> Totals:
    """One sum over all days of a span."""
    row = session.execute(_within(DayCell, span)).one()
    late = session.execute(_late(span, now)).one()
    outages = session.execute(_of_outages(span, now)).one()
    return _add(row, late, outages)


def grouped(session: Session, by: str, span: Span, now: datetime) -> dict[Any, Totals]:
    """A sum for each day, station, grid, category or person of a span."""
    key = BY[by]
    rows = session.execute(_within(key.class_, span, key).group_by(key)).all()
    missed = _late(span, now, FACTS[by]).group_by(FACTS[by])
    late = {row[0]: row[1:] for row in session.execute(missed)}
    found = {row[0]: row[1:] for row in rows}
    outages = {}
    if by in OUTAGES:
        promised = _of_outages(span, now, OUTAGES[by]).group_by(OUTAGES[by])
        outages = {row[0]: row[1:] for row in session.execute(promised)}
    return {
        one: _add(
            found.get(one, (0,) * len(MEASURES)),
            late.get(one, (0,) * len(LATE)),
            outages.get(one, (0, 0)),
        )
        for one in {**found, **outages}
    }


def daily_of(
    session: Session, by: str, value: str, span: Span, now: datetime
) -> dict[date, Totals]:
    """The days of one station, grid, category or person; days without a case are not there."""
    key, fact = BY[by], FACTS[by]
    table = key.class_
    rows = session.execute(_within(table, span, table.day).where(key == value).group_by(table.day))
    missed = _late(span, now, TicketFact.day).where(fact == value).group_by(TicketFact.day)
    late = {row[0]: row[1:] for row in session.execute(missed)}
    outages: dict[date, Sequence[Any]] = {}
    if by == "station":
        promised = _of_outages(span, now, OutageFact.day).where(OutageFact.station_code == value)
        found = session.execute(promised.group_by(OutageFact.day))
        outages = {row[0]: row[1:] for row in found}
    days = {row[0]: row[1:] for row in rows}
    return {
        day: _add(
            days.get(day, (0,) * len(MEASURES)),
            late.get(day, (0,) * len(LATE)),
            outages.get(day, (0, 0)),
        )
        for day in {**days, **outages}
    }


def together(many: Iterable[Totals]) -> Totals:
    """Several sums in one."""
    sums = dict.fromkeys(MEASURES, 0)
    for one in many:
        for name, value in one.sums.items():
            sums[name] += value
    return Totals(sums)


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def mean(total_: int, count: int, *, digits: int = 1) -> float | None:
    return round(total_ / count, digits) if count else None


def _within(table: type[DayCell | FigureCell], span: Span, *keys: Any) -> sa.Select[Any]:
    sums = [sa.func.coalesce(sa.func.sum(getattr(table, name)), 0) for name in MEASURES]
    query = sa.select(*keys, *sums).where(table.day.between(span.since, span.until))
    if span.station_code is not None:
        query = query.where(table.station_code == span.station_code)
    return query


def _late(span: Span, now: datetime, *keys: Any) -> sa.Select[Any]:
    counts = [
        sa.func.coalesce(sa.func.sum(sa.case((column < now, 1), else_=0)), 0)
        for column in LATE.values()
    ]
    query = sa.select(*keys, *counts).where(
        TicketFact.is_open, TicketFact.day.between(span.since, span.until)
    )
    if span.station_code is not None:
        query = query.where(TicketFact.station_code == span.station_code)
    return query


def _of_outages(span: Span, now: datetime, *keys: Any) -> sa.Select[Any]:
    """Promises of outages that are decided, and those that held."""
    lapsed = sa.case((OutageFact.promise_by < now, 1), else_=0)
    query = sa.select(
        *keys,
        sa.func.coalesce(sa.func.sum(OutageFact.promises_due + lapsed), 0),
        sa.func.coalesce(sa.func.sum(OutageFact.promises_kept), 0),
    ).where(OutageFact.day.between(span.since, span.until))
    if span.station_code is not None:
        query = query.where(OutageFact.station_code == span.station_code)
    return query


def _add(row: Iterable[Any], late: Iterable[Any], outages: Sequence[Any]) -> Totals:
    sums = {name: int(value) for name, value in zip(MEASURES, row, strict=True)}
    for name, missed in zip(LATE, late, strict=True):
        sums[name] += int(missed)
    sums["promises_due"] += int(outages[0])
    sums["promises_kept"] += int(outages[1])
    return Totals(sums)
