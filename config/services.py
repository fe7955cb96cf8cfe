"""Applications as data: what is asked, which papers are needed, which stages follow by when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from config.sla import SpanText

# Facts a condition may name beside the questions of its service.
KNOWN_FACTS = frozenset({"dedicated", "customer_class", "live_work", "phase"})

When = dict[str, tuple[str, ...]]


class CountsFrom(StrEnum):
    """From when a stage's clock runs: the submission, or the end of the stage before."""

    SUBMISSION = "submission"
    STAGE = "stage"


class Moment(StrEnum):
    """With which message a note is told."""

    SUMMARY = "summary"
    SUBMITTED = "submitted"


class Reads(StrEnum):
    """What a question without choices takes from the words."""

    KILOWATTS = "kilowatts"
    PHONE = "phone"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. `words` choose it anywhere in a message, `answers` only as a whole message.

    `entity` is the value of the entity `service` that chooses it where no word does; `outranks`
    are options that it wins against when both are told; `title` is what the application is
    called then.
    """

    value: str
    label: str
    title: str = ""
    outranks: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    entity: str = ""
    category: str = ""
    sets: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """One fact of an application; without `ask` it is taken only where it is told.

    A number of `at_least` so much stands for the facts that it `sets`, where `sets_when` fits.
    """

    key: str
    name: str
    ask: str = ""
    options: tuple[Option, ...] = ()
    reads: Reads | None = None
    when: When = field(default_factory=dict)
    at_least: float = 0
    sets: dict[str, str] = field(default_factory=dict)
    sets_when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Material:
    """One paper. `words` name it in a message; `pages` pictures show all of it."""

    name: str
    when: When = field(default_factory=dict)
    words: tuple[str, ...] = ()
    pages: int = 1


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage; `within` is missing where the applicant himself sets the pace."""

    name: str
    within: SpanText | None = None
    counts_from: CountsFrom = CountsFrom.SUBMISSION
    leg: str = ""
    when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    tell: Moment = Moment.SUBMITTED
    when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Service:
    """One application, by the intent that asks for it.

    `related` are intents that an answer may look like and that do not interrupt it.
    """

    title: str
    source: str
    questions: tuple[Question, ...]
    stages: tuple[StageRow, ...]
    materials: tuple[Material, ...] = ()
    notes: tuple[Note, ...] = ()
    related: tuple[str, ...] = ()
    wants_account: bool = False

    def __post_init__(self) -> None:
        known = {question.key for question in self.questions} | KNOWN_FACTS
        unknown = {key for when in self._conditions() for key in when} - known
        if unknown:
            raise ValueError(f"no question is called {', '.join(sorted(unknown))}")

    def _conditions(self) -> Iterator[When]:
        for rows in (self.questions, self.stages, self.materials, self.notes):
            yield from (row.when for row in rows)
        yield from (question.sets_when for question in self.questions)


@dataclass(frozen=True, slots=True)
class Services:
    """Every application, how long drafts and reminders last, and why papers or wishes fail."""

    draft_days: int
    remind_after: SpanText
    max_reminders: int
    picture_minutes: int
    return_reasons: tuple[str, ...]
    decline_reasons: tuple[str, ...]
    by_intent: dict[str, Service]

    def calendars_named(self) -> set[str]:
        """The calendars of calendar.toml that the stages need."""
        rows = [row for service in self.by_intent.values() for row in service.stages]
        spans = [self.remind_after, *(row.within for row in rows if row.within is not None)]
        return {span.calendar for span in spans}


def fits(when: When, facts: Mapping[str, object]) -> bool:
    """Whether what a condition names is so; a fact not told is the empty text."""
    return all(str(facts.get(key) or "") in values for key, values in when.items())
