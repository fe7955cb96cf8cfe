"""Which deadlines a ticket has, who is warned of them, and what other clocks tighten them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator


class Stage(StrEnum):
    FIRST_CONTACT = "first_contact"
    ARRIVAL = "arrival"
    RESTORATION = "restoration"
    REPLY = "reply"


class Unit(StrEnum):
    MINUTES = "min"
    HOURS = "h"
    WORKING_HOURS = "wh"
    WORKING_DAYS = "wd"
    PROMISE = "promise"


@dataclass(frozen=True, slots=True)
class Span:
    """How long a stage may take, and the calendar its clock runs on."""

    amount: int
    unit: Unit
    calendar: str = "always"


SPAN = re.compile(r"(\d{1,5})(min|h|wh|wd)(?:@(\w+))?")


def parse_span(text: object) -> Span:
    """`45min`, `24h`, `4wh`, `5wd@hall` or `promise`; raises ValueError."""
    if isinstance(text, Span):
        return text
    if text == "promise":
        return Span(0, Unit.PROMISE)
    match = SPAN.fullmatch(str(text))
    if match is None or not int(match[1]):
        raise ValueError(f"{text}: write a span as 45min, 24h, 4wh, 5wd, 5wd@hall or promise")
    unit = Unit(match[2])
    usual = "office" if unit in {Unit.WORKING_HOURS, Unit.WORKING_DAYS} else "always"
    return Span(int(match[1]), unit, match[3] or usual)


SpanText = Annotated[Span, BeforeValidator(parse_span)]


@dataclass(frozen=True, slots=True)
class Clocks:
    """The stages of one row of the table and the promise it rests on."""

    basis: str
    first_contact: SpanText | None = None
    arrival: SpanText | None = None
    restoration: SpanText | None = None
    reply: SpanText | None = None

    def spans(self) -> dict[Stage, Span]:
        named = {
            Stage.FIRST_CONTACT: self.first_contact,
            Stage.ARRIVAL: self.arrival,
            Stage.RESTORATION: self.restoration,
            Stage.REPLY: self.reply,
        }
        return {stage: span for stage, span in named.items() if span is not None}


@dataclass(frozen=True, slots=True)
class Variant(Clocks):
    """Clocks of a category for one intent or for what the form says."""

    category: str = ""
    intent: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    def fits(self, category: str, intent: str, fields: Mapping[str, Any]) -> bool:
        if self.category != category or (self.intent and self.intent != intent):
            return False
        return all(str(fields.get(name, "")) == value for name, value in self.fields.items())


@dataclass(frozen=True, slots=True)
class Arrival:
    target_minutes: int
    city_minutes: int
    village_minutes: int
    remote_minutes: int
    remote_places: frozenset[str] = frozenset()

    def minutes(self, *, is_village: bool, is_remote: bool) -> int:
        if is_remote:
            return self.remote_minutes
        return self.village_minutes if is_village else self.city_minutes


@dataclass(frozen=True, slots=True)
class Restoration:
    city_hours: int
    village_hours: int


@dataclass(frozen=True, slots=True)
class Rung:
    """From this percentage on, these roles are told."""

    percent: int
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SlaTable:
    effective_from: date
    source: str
    warn_promise_minutes: int
    humane_calendar: str
    arrival: Arrival
    restoration: Restoration
    categories: dict[str, Clocks]
    child: Clocks
    variants: tuple[Variant, ...] = ()
    priorities: dict[str, Clocks] = field(default_factory=dict)
    sources: dict[str, Clocks] = field(default_factory=dict)
    warnings: tuple[Rung, ...] = ()

    def calendars_named(self) -> set[str]:
        """The calendars of calendar.toml that this table needs."""
        rows = [*self.categories.values(), *self.variants, *self.priorities.values()]
        rows += [*self.sources.values(), self.child]
        spans = [span for row in rows for span in row.spans().values()]
        return {span.calendar for span in spans} | {self.humane_calendar}
