"""Days and hours as they are said, resolved against the moment of the message."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from nlu import time_words as words
from nlu.extractors.numerals import integer

CHINA = timezone(timedelta(hours=8))
_HALF_YEAR = 183


@dataclass(frozen=True, slots=True)
class Moment:
    """A day or an instant said in `text[start:end]`, as NLU.md writes them."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Said:
    """The parts of one expression; what is missing is None."""

    day: date | None
    part: str | None
    hour: int | None
    minute: int
    start: int
    end: int


def find(text: str, at: datetime, *, recurring: bool = False) -> list[Moment]:
    """Days and instants in a normalised text; with `recurring` clock hours are a rule, no time."""
    if words.SIGN.search(text) is None:
        return []
    now = at.replace(tzinfo=CHINA) if at.tzinfo is None else at.astimezone(CHINA)
    moments: list[Moment] = []
    previous: _Said | None = None
    begun: datetime | None = None
    for expression in _expressions(text, now):
        if words.is_recurring(text, expression.start):
            continue
        between = text[previous.end : expression.start] if previous else None
        is_end = between is not None and words.RANGE.fullmatch(between) is not None
        said = _continued(previous, expression) if is_end and previous else expression
        instant = _instant(said, now)
        if is_end and begun and instant and instant <= begun and expression.day is None:
            instant += timedelta(days=1)  # 晚上11点到凌晨2点 ends on the next day
        previous, begun = said, instant
        if said.hour is None and said.part is None:
            moments.append(Moment((said.day or now.date()).isoformat(), said.start, said.end))
        elif instant is not None and not recurring:
            moments.append(Moment(instant.isoformat(), said.start, said.end))
    return moments


def _expressions(text: str, now: datetime) -> Iterator[_Said]:
    for match in words.EXPRESSION.finditer(text):
        if match[0].strip() and not words.is_no_time(text, match):
            yield from _parts(text, match, now)


def _parts(text: str, match: re.Match[str], now: datetime) -> Iterator[_Said]:
    """One expression, or the two ends of one like 15-17号 and 8-12点."""
    groups = _merged(match)
    day = _said_day(groups, now.date(), is_past=words.PAST.search(text) is not None)
    part = groups["part"] or groups["relative_part"] or words.IMPLIED.get(groups["relative"] or "")
    hour = integer(groups["hour"] or "")
    if day is None and part is None and hour is None:
        return
    start = match.start()
    first = _day_of_month(groups["from_day"] or "", day) if day is not None else None
    begin = integer(groups["from_hour"] or "")
    if first is not None or begin is not None:
        said = groups["from_day"] or groups["from_hour"] or ""
        split = text.index(said, start) + len(said)
        yield _Said(first or day, None if first else part, begin, 0, start, split)
        between = words.TO.match(text, split)
        start = between.end() if between is not None else split
        yield _Said(day, None if first is None else part, hour, _minute(groups), start, match.end())
        return
    yield _Said(day, part, hour, _minute(groups), start, match.end())


def _merged(match: re.Match[str]) -> dict[str, str | None]:
    """The pattern has two forms of some parts; Python wants a name for each."""
    groups = match.groupdict()
    return {name: said or groups.get(name + "2") for name, said in groups.items()}


def _minute(groups: dict[str, str | None]) -> int:
    said = groups["minute"]
    if not said:
        return 0
    if said in words.FRACTIONS:
        return words.FRACTIONS[said]
    return min(integer(said) or 0, 59)


def _said_day(groups: dict[str, str | None], today: date, *, is_past: bool) -> date | None:
    if groups["relative"]:
        return today + timedelta(days=words.RELATIVE[groups["relative"]])
    if groups["weekday"]:
        return _weekday(groups["week"] or "", groups["weekday"], today, is_past=is_past)
    if groups["month"] and groups["month_day"]:
        return _month_day(groups, today)
    if groups["day"]:
        return _bare_day(groups["day"], today, is_past=is_past)
    return None


def _weekday(week: str, name: str, today: date, *, is_past: bool) -> date:
    wanted = today - timedelta(days=today.weekday()) + timedelta(days=words.WEEKDAYS[name])
    shift = words.WEEKS.get(week.replace("个", ""))
    if shift is not None:
        return wanted + timedelta(weeks=shift)
    if is_past and wanted > today:
        return wanted - timedelta(weeks=1)
    if not is_past and wanted < today:
        return wanted + timedelta(weeks=1)
    return wanted


def _month_day(groups: dict[str, str | None], today: date) -> date | None:
    month, day = integer(groups["month"] or ""), integer(groups["month_day"] or "")
    said = groups["year"] or ""
    year = words.YEARS.get(said)
    year = today.year + year if year is not None else integer(said[:4])
    if month is None or day is None:
        return None
    if year is not None:
        return _date(year, month, day)
    # Without a year the nearest such day is meant: in December 「1月3号」 is next year's.
    near = [d for y in (-1, 0, 1) if (d := _date(today.year + y, month, day)) is not None]
    return min(near, key=lambda d: abs(d - today), default=None)


def _bare_day(said: str, today: date, *, is_past: bool) -> date | None:
    day = integer(said)
    wanted = _date(today.year, today.month, day) if day is not None else None
    if day is None or wanted is None:
        return None
    if is_past and wanted > today:
        last = today.replace(day=1) - timedelta(days=1)
        return _date(last.year, last.month, day)
    if not is_past and wanted < today:
        following = today.replace(day=28) + timedelta(days=4)
        return _date(following.year, following.month, day)
    return wanted


def _day_of_month(said: str, beside: date) -> date | None:
    day = integer(said)
    return _date(beside.year, beside.month, day) if day is not None else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _continued(first: _Said, last: _Said) -> _Said:
    """The end of a range is on the day and in the part of the day of its beginning."""
    day = last.day or first.day
    part = last.part
    if part is None and last.day is None and first.part is not None and last.hour is not None:
        begin = words.clock(first.part, first.hour or 0)[0] if first.hour is not None else 0
        here = words.clock(first.part, last.hour)[0]
        part = first.part if here > begin else "下午" if last.hour < words.NOON else first.part
    return _Said(day, part, last.hour, last.minute, last.start, last.end)


def _instant(said: _Said, now: datetime) -> datetime | None:
    day = said.day or now.date()
    if said.hour is None:
        default = words.DEFAULTS.get(said.part or "")
        return None if default is None else datetime.combine(day, time(default), CHINA)
    hour, later = words.clock(said.part, said.hour)
    if not 0 <= hour <= words.MIDNIGHT:
        return None
    if said.day is None and said.part in words.DEEP_NIGHT:
        later = 0  # 夜里2点 of no named day is the one that has begun
    start = datetime.combine(day, time(), CHINA)
    return start + timedelta(days=later, hours=hour, minutes=said.minute)
