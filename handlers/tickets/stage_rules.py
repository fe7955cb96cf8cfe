"""Which clocks a ticket has, on plain values: category, variant, priority, source, child, place."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from config.sla import Clocks, SlaTable, Span, Stage, Unit
from handlers.tickets.clock_rules import Pause, Trace

MINUTES = 60


@dataclass(frozen=True, slots=True)
class Place:
    """What of a place the promises depend on."""

    is_village: bool = False
    is_remote: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """What of a ticket its clocks depend on."""

    category: str
    priority: str
    source: str = ""
    intent: str = ""
    fields: Mapping[str, Any] | None = None
    is_child: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """A span of a stage and the promise it rests on."""

    span: Span
    basis: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """One stage's deadline: the clock that decided it, its trace, what held it up, when met."""

    stage: Stage
    clock: Clock
    trace: Trace
    pauses: tuple[Pause, ...]
    met_at: datetime | None

    @property
    def due(self) -> datetime:
        return self.trace.due

    def is_late(self, now: datetime) -> bool:
        """Whether it was met too late, or is not met and should be by now."""
        return (self.met_at or now) > self.due


def clocks_for(table: SlaTable, matter: Matter, place: Place) -> dict[Stage, list[Clock]]:
    """Every clock of each stage; the earliest of them decides."""
    rows = [_of_category(table, matter)]
    if (urgent := table.priorities.get(matter.priority)) is not None:
        rows.append(_of(urgent))
    if (stricter := table.sources.get(matter.source)) is not None:
        rows.append(_of(stricter))
    if matter.is_child:
        rows.append(_of(table.child))
    found: dict[Stage, list[Clock]] = {}
    for stage in Stage:
        clocks = [_resolved(table, stage, row[stage], place) for row in rows if stage in row]
        if clocks:
            found[stage] = clocks
    return found


def _of_category(table: SlaTable, matter: Matter) -> dict[Stage, Clock]:
    clocks = _of(table.categories[matter.category])
    for variant in table.variants:
        if variant.fits(matter.category, matter.intent, matter.fields or {}):
            clocks |= _of(variant)
    return clocks


def _of(row: Clocks) -> dict[Stage, Clock]:
    return {stage: Clock(span, row.basis) for stage, span in row.spans().items()}


def _resolved(table: SlaTable, stage: Stage, clock: Clock, place: Place) -> Clock:
    """Put the promise of the place in minutes; the restoration follows the arrival."""
    if clock.span.unit != Unit.PROMISE:
        return clock
    minutes = table.arrival.minutes(is_village=place.is_village, is_remote=place.is_remote)
    if stage == Stage.RESTORATION:
        is_rural = place.is_village or place.is_remote
        hours = table.restoration.village_hours if is_rural else table.restoration.city_hours
        minutes += hours * MINUTES
    return replace(clock, span=Span(minutes, Unit.MINUTES))
