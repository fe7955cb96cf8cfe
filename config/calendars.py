"""The Chinese working calendar: intervals of a day, holidays, make-up days."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Annotated

import chinese_calendar
from pydantic import BeforeValidator

from config.clock import CHINA

DAY_MINUTES = 24 * 60
WEEKDAYS = "一二三四五六日"
FIVE_DAYS = 5
# The State Council announces the next year's holidays in the first half of November.
ANNOUNCED = (11, 15)


class Days(StrEnum):
    WORKING = "working"
    EVERY = "every"


@dataclass(frozen=True, slots=True)
class Opening:
    """An interval of a day in minutes since midnight; `closes` may be 24:00."""

    opens: int
    closes: int


def _opening(text: object) -> Opening:
    match = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", str(text))
    if match is None:
        raise ValueError(f"{text}: write an interval as 08:30-12:00")
    hours = [int(part) for part in match.groups()]
    opening = Opening(hours[0] * 60 + hours[1], hours[2] * 60 + hours[3])
    if not 0 <= opening.opens < opening.closes <= DAY_MINUTES:
        raise ValueError(f"{text}: an interval ends later than it starts, at 24:00 at the latest")
    return opening


def _openings(texts: object) -> tuple[Opening, ...]:
    if not isinstance(texts, list) or not texts:
        raise ValueError("give at least one interval, as 08:30-12:00")
    found = tuple(_opening(text) for text in texts)
    if any(one.closes > two.opens for one, two in pairwise(found)):
        raise ValueError("intervals of a day stand in order and do not overlap")
    return found


@dataclass(frozen=True, slots=True)
class Hours:
    """One named calendar: which hours, on which days."""

    hours: Annotated[tuple[Opening, ...], BeforeValidator(_openings)]
    days: Days

    @property
    def day_length(self) -> timedelta:
        return timedelta(minutes=sum(one.closes - one.opens for one in self.hours))


@dataclass(frozen=True, slots=True)
class YearTable:
    """A year the library does not know; `confirmed` once the State Council has announced it."""

    year: int
    confirmed: bool
    holidays: dict[str, tuple[date, ...]]
    workdays: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    day: date
    works: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    calendars: dict[str, Hours]
    years: tuple[YearTable, ...] = ()
    overrides: tuple[Override, ...] = ()

    def is_working_day(self, day: date) -> bool:
        """Whether offices work: our own overrides first, our table of the year, the library."""
        for override in self.overrides:
            if override.day == day:
                return override.works
        if (table := self._table(day.year)) is not None:
            return day in table.workdays or (
                day.weekday() < FIVE_DAYS and not _holiday_in(table, day)
            )
        known = _library(day)
        return day.weekday() < FIVE_DAYS if known is None else known[0]

    def day_name(self, day: date) -> str:
        """Why a day counts or not: 国庆节, 调休上班, 周六, or the weekday."""
        for override in self.overrides:
            if override.day == day and override.name:
                return override.name
        weekday = f"周{WEEKDAYS[day.weekday()]}"
        works = self.is_working_day(day)
        if works:
            return "调休上班" if day.weekday() >= FIVE_DAYS else weekday
        if (table := self._table(day.year)) is not None:
            return _holiday_in(table, day) or weekday
        known = _library(day)
        return (known[1] if known else "") or weekday

    def covers(self, year: int) -> bool:
        """Whether the holidays and make-up days of a year are known for certain."""
        if (table := self._table(year)) is not None:
            return table.confirmed
        return _library(date(year, 1, 1)) is not None

    def gap(self, today: date) -> int | None:
        """The year whose holidays should be known by now and are not; for the doctor."""
        years = [today.year]
        if (today.month, today.day) >= ANNOUNCED:
            years.append(today.year + 1)
        return next((year for year in years if not self.covers(year)), None)

    def next_working_day(self, day: date) -> date:
        """The first working day after this one."""
        following = day + timedelta(days=1)
        while not self.is_working_day(following):
            following += timedelta(days=1)
        return following

    def counts(self, name: str, day: date) -> bool:
        """Whether a named calendar is open on a day at all."""
        return self.calendars[name].days == Days.EVERY or self.is_working_day(day)

    def open_times(self, name: str, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open intervals of a named calendar from an instant on, without end, in order."""
        day = since.astimezone(CHINA).date()
        while True:
            if self.counts(name, day):
                midnight = datetime.combine(day, time(), CHINA)
                for one in self.calendars[name].hours:
                    closes = midnight + timedelta(minutes=one.closes)
                    if closes > since:
                        yield max(midnight + timedelta(minutes=one.opens), since), closes
            day += timedelta(days=1)

    def is_open(self, name: str, moment: datetime) -> bool:
        opens, _ = next(self.open_times(name, moment))
        return opens <= moment

    def _table(self, year: int) -> YearTable | None:
        return next((table for table in self.years if table.year == year), None)


def _holiday_in(table: YearTable, day: date) -> str:
    return next((name for name, days in table.holidays.items() if day in days), "")


@lru_cache(maxsize=4096)
def _library(day: date) -> tuple[bool, str] | None:
    """What chinesecalendar says: whether a day works, and the holiday's name; None: no data."""
    try:
        is_off, english = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    name = chinese_calendar.Holiday(english).chinese if english and is_off else ""
    return not is_off, name
