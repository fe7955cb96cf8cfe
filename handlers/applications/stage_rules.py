"""Which stages an application passes and by when, which papers it needs: on plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.calendars import WorkCalendar
from config.services import CountsFrom, Material, Moment, Service, StageRow, fits
from handlers.tickets.clock_rules import Pause, due_at


@dataclass(frozen=True, slots=True)
class Planned:
    """A stage to come. `due` is None where no clock runs yet, or none at all."""

    name: str
    leg: str
    due: datetime | None
    starts_now: bool


def plan(
    service: Service,
    facts: Mapping[str, object],
    since: datetime,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
) -> list[Planned]:
    """The stages of a situation, in order; the first of each leg starts at once."""
    rows = [row for row in service.stages if fits(row.when, facts)]
    seen: set[str] = set()
    planned: list[Planned] = []
    for row in rows:
        counts = row.counts_from == CountsFrom.SUBMISSION
        due = due_of(row, since, calendar, pauses) if counts else None
        planned.append(Planned(row.name, row.leg, due, row.leg not in seen))
        seen.add(row.leg)
    return planned


def due_of(
    row: StageRow, since: datetime, calendar: WorkCalendar, pauses: Sequence[Pause] = ()
) -> datetime | None:
    return due_at(since, row.within, calendar, pauses).due if row.within is not None else None


def row_named(service: Service, name: str, facts: Mapping[str, object]) -> StageRow | None:
    """The table's row of a stage in this situation."""
    fitting = (row for row in service.stages if row.name == name and fits(row.when, facts))
    return next(fitting, None)


def materials_for(service: Service, facts: Mapping[str, object]) -> list[Material]:
    return [one for one in service.materials if fits(one.when, facts)]


def notes_for(service: Service, facts: Mapping[str, object], tell: Moment) -> list[str]:
    return [note.text for note in service.notes if note.tell == tell and fits(note.when, facts)]
