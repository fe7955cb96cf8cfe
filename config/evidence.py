"""What a ticket of each category needs before it is done, and the root causes that are counted."""

from dataclasses import dataclass, field
from enum import StrEnum


class Photo(StrEnum):
    NONE = "none"
    RECOMMENDED = "recommended"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Needs:
    """`checks` are looked at one by one before 办结."""

    checks: tuple[str, ...] = ()
    photo: Photo = Photo.NONE


@dataclass(frozen=True, slots=True)
class Evidence:
    """`categories`: category → what it needs; `causes`: root cause → words that tell it."""

    categories: dict[str, Needs]
    causes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, category: str) -> Needs:
        return self.categories.get(category, Needs())

    def cause_in(self, text: str) -> str:
        """The root cause that a text tells, empty where it tells none."""
        return next(
            (cause for cause, words in self.causes.items() if any(word in text for word in words)),
            "",
        )
