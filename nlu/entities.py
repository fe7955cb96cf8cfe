"""What a text names: numbers, places, times, sums and things, each in one normal form."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from nlu.extractors import identifiers
from nlu.extractors.reading import Reading
from nlu.normalise import align
from nlu.understanding import Entity, Gazetteer

Extractor = Callable[[Reading], Iterable[Entity]]

# In this order: a later one never reads what an earlier one has found.
_EXTRACTORS: tuple[Extractor, ...] = (identifiers.find,)


def extract(
    text: str, *, at: datetime, gazetteer: Gazetteer, intent: str | None = None
) -> tuple[Entity, ...]:
    """The entities of a text, one for each distinct name and value, in the order of the text.

    Where the intent is known, what counts only in some talk (scope, service, amount) follows it.
    """
    aligned = align(text)
    found: list[Entity] = list(gazetteer.find(text))
    reading = Reading(aligned.text, at, intent)
    for extractor in _EXTRACTORS:
        for entity in extractor(reading):
            reading = replace(reading, taken=(*reading.taken, (entity.start, entity.end)))
            start, end = aligned.span(entity.start, entity.end)
            found.append(replace(entity, start=start, end=end))
    found.sort(key=lambda entity: (entity.start, entity.end))
    distinct = {(entity.entity, entity.value): entity for entity in reversed(found)}
    return tuple(sorted(distinct.values(), key=lambda entity: (entity.start, entity.end)))
