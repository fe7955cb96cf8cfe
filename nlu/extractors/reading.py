"""What every extractor is given: the text, its moment, what it is about, what is spoken for."""

import re
from dataclasses import dataclass
from datetime import datetime

from nlu.understanding import Entity


@dataclass(frozen=True, slots=True)
class Reading:
    """A normalised text. Spans of entities found in it index this text, not the original."""

    text: str
    at: datetime
    intent: str | None
    places: tuple[Entity, ...] = ()
    taken: tuple[tuple[int, int], ...] = ()

    def is_free(self, start: int, end: int) -> bool:
        """No entity found earlier holds any of these characters."""
        return all(end <= begin or start >= finish for begin, finish in self.taken)

    def unread(self) -> str:
        """The text with what was found earlier blanked out; positions stay."""
        if not self.taken:
            return self.text
        characters = [*self.text]
        for start, end in self.taken:
            characters[start:end] = "□" * (end - start)
        return "".join(characters)

    def is_about(self, intents: frozenset[str], words: re.Pattern[str]) -> bool:
        """The intent is one of these or, where it is not known, one of the words is said."""
        if self.intent is None:
            return words.search(self.text) is not None
        return self.intent in intents
