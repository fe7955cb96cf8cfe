"""Names of places, numbers of tickets tell no wish: a neutral word stands for each."""

from datetime import UTC, datetime

from nlu.extractors import addresses, identifiers
from nlu.extractors.reading import Reading
from nlu.normalise import normalise
from nlu.understanding import Gazetteer

# Words that the examples are full of, so that the model reads past them: chosen on dev lines and
# on lines with a community, building and room set before them.
PLACE = "小区"
ADDRESS = "3栋"
TICKET = "工单"

_NEVER = datetime.min.replace(tzinfo=UTC)  # an address has no time


def neutral(text: str, gazetteer: Gazetteer | None) -> str:
    """A text normalised, its places, addresses and tickets replaced; no gazetteer, no places."""
    told = normalise(text)
    found = [(each.start, each.end, PLACE) for each in gazetteer.find(told)] if gazetteer else []
    taken = [(start, end) for start, end, _ in found] + identifiers.long_spans(told)
    reading = Reading(told, _NEVER, None, taken=tuple(taken))
    found += [(each.start, each.end, ADDRESS) for each in addresses.find(reading)]
    found += [(start, end, TICKET) for start, end in identifiers.ticket_spans(told)]
    return _replaced(told, sorted(found))


def _replaced(text: str, found: list[tuple[int, int, str]]) -> str:
    pieces: list[str] = []
    position = 0
    for start, end, word in found:
        if start >= position:  # a place with several candidates is found several times
            pieces += [text[position:start], word]
            position = end
    return "".join([*pieces, text[position:]])
