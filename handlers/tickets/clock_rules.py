"""The deadline engine on plain values: a start, a span, a calendar and pauses give an instant.

A clock counts the open time of its calendar that no pause covers; the stage is due when the
counted time is used up. Every counted interval is kept, so that a deadline can be explained.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from config.calendars import WorkCalendar
from config.clock import CHINA
from config.sla import Span, Unit

ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the clock stands still, and why."""

    start: datetime
    end: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Interval:
    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Trace:
    """How a deadline came about: `begins` is when the clock could first count."""

    since: datetime
    begins: datetime
    counted: tuple[Interval, ...]
    due: datetime

    @property
    def total(self) -> timedelta:
        return sum((one.length for one in self.counted), timedelta())


def due_at(
    since: datetime, span: Span, calendar: WorkCalendar, pauses: Sequence[Pause] = ()
) -> Trace:
    """Count a span from an instant; the promise of a place is no span, resolve it before."""
    since = since.astimezone(CHINA)
    begins = clock_start(since, span)
    left = length_of(span, calendar)
    counted: list[Interval] = []
    due = begins
    for piece in _running(begins, span.calendar, calendar, pauses):
        if not left:
            break
        taken = min(left, piece.length)
        due = piece.start + taken
        left -= taken
        _append(counted, Interval(piece.start, due))
    return Trace(since, begins, tuple(counted), due)


def length_of(span: Span, calendar: WorkCalendar) -> timedelta:
    """The time a span counts; a working day is one day's opening hours."""
    match span.unit:
        case Unit.MINUTES:
            return timedelta(minutes=span.amount)
        case Unit.HOURS | Unit.WORKING_HOURS:
            return timedelta(hours=span.amount)
        case Unit.WORKING_DAYS:
            return calendar.calendars[span.calendar].day_length * span.amount
    raise ValueError("a promise has no length of its own: it depends on the place")


def clock_start(since: datetime, span: Span) -> datetime:
    """When the clock may begin: at once, or for working days with the day after (民法典 §201)."""
    if span.unit != Unit.WORKING_DAYS:
        return since
    midnight = datetime.combine(since.astimezone(CHINA).date(), time(), CHINA)
    return midnight + timedelta(days=1)


def elapsed(
    since: datetime,
    until: datetime,
    span: Span,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
) -> timedelta:
    """How much of a span's clock has run between two instants."""
    total = timedelta()
    begins = clock_start(since.astimezone(CHINA), span)
    if until <= begins:
        return total
    for piece in _running(begins, span.calendar, calendar, pauses):
        if piece.start >= until:
            return total
        total += min(piece.end, until) - piece.start
    return total


def percent(
    since: datetime,
    until: datetime,
    span: Span,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
) -> int:
    """How much of the span is used up, in whole percent; 100 is due."""
    used = elapsed(since, until, span, calendar, pauses)
    return int(used * 100 / length_of(span, calendar))


def _running(
    begins: datetime, name: str, calendar: WorkCalendar, pauses: Sequence[Pause]
) -> Iterator[Interval]:
    """The open intervals from an instant on, less the pauses."""
    still = merged(pauses)
    for opens, closes in calendar.open_times(name, begins):
        at = opens
        for pause in still:
            if pause.end <= at or pause.start >= closes:
                continue
            if pause.start > at:
                yield Interval(at, pause.start)
            at = max(at, pause.end)
        if at < closes:
            yield Interval(at, closes)


def merged(pauses: Sequence[Pause]) -> list[Pause]:
    """The pauses in order, overlapping ones made one; empty ones left out."""
    found: list[Pause] = []
    for pause in sorted(pauses, key=lambda one: (one.start, one.end)):
        if pause.end <= pause.start:
            continue
        if found and pause.start <= found[-1].end:
            last = found[-1]
            reason = (
                last.reason if pause.reason in last.reason else f"{last.reason}；{pause.reason}"
            )
            found[-1] = Pause(last.start, max(last.end, pause.end), reason)
        else:
            found.append(
                Pause(pause.start.astimezone(CHINA), pause.end.astimezone(CHINA), pause.reason)
            )
    return found


def _append(counted: list[Interval], piece: Interval) -> None:
    """Add an interval; one that goes on from midnight to midnight is told as one."""
    if counted and counted[-1].end == piece.start:
        counted[-1] = Interval(counted[-1].start, piece.end)
    else:
        counted.append(piece)
