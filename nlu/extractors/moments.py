"""Days and hours as entities; what an address or a number holds is not read again."""

from collections.abc import Iterator

from nlu import times
from nlu.extractors.reading import Reading
from nlu.understanding import Entity

# Here hours are a rule (谷电几点开始, 营业厅几点下班), not a moment.
_RULES = frozenset({"query_price", "apply_tariff", "find_contact", "ask_safety"})


def find(reading: Reading) -> Iterator[Entity]:
    for moment in times.find(reading.unread(), reading.at, recurring=reading.intent in _RULES):
        yield Entity("time", moment.value, moment.start, moment.end)
