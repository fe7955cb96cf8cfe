"""What a text names: numbers, places, times, sums and things, each in one normal form."""

from collections.abc import Callable, Iterable
from datetime import datetime

from nlu.extractors import addresses, identifiers, moments, money, people, things
from nlu.extractors.reading import Reading
from nlu.normalise import align
from nlu.understanding import Entity, Gazetteer

Extractor = Callable[[Reading], Iterable[Entity]]

# In this order: a later one never reads what an earlier one has found.
_EXTRACTORS: tuple[Extractor, ...] = (addresses.find, moments.find, money.find, people.find)


def extract(
    text: str, *, at: datetime, gazetteer: Gazetteer, intent: str | None = None
) -> tuple[Entity, ...]:
    """The entities of a text, one for each distinct name and value, in the order of the text.

    Where the intent is known, what counts only in some talk (scope, service, amount) follows it.
    """
    aligned = align(text)
    # Found in the normalised text, so that all spans are of one kind until the end.
    found = [*gazetteer.find(aligned.text)]
    spans = [(place.start, place.end) for place in found]
    spans += identifiers.long_spans(aligned.text)
    reading = Reading(aligned.text, at, intent)
    found += identifiers.find(reading)
    for extractor in _EXTRACTORS:
        read = Reading(aligned.text, at, intent, taken=tuple(spans))
        new = [*extractor(read)]
        found += new
        spans += [(entity.start, entity.end) for entity in new]
    found += [*things.find(reading)]
    distinct: dict[tuple[str, str], Entity] = {}
    for entity in sorted(found, key=lambda entity: (entity.start, entity.end)):
        start, end = aligned.span(entity.start, entity.end)
        named = (entity.entity, entity.value)
        if named not in distinct:
            distinct[named] = Entity(*named, start, end)
    return tuple(distinct.values())
