"""The extent, the equipment and the service a text speaks of."""

from collections.abc import Iterator

from nlu.extractors import thing_words as words
from nlu.extractors.reading import Reading
from nlu.understanding import Entity


def find(reading: Reading) -> Iterator[Entity]:
    yield from _scope(reading)
    yield from _devices(reading)
    yield from _services(reading)


def _scope(reading: Reading) -> Iterator[Entity]:
    """The widest extent told, in talk of outage, fault and hazard only."""
    if not reading.is_about(words.SCOPE_INTENTS, words.SCOPE_TALK):
        return
    only = words.ONLY_ONE.search(reading.text)
    if only is not None:
        yield Entity("scope", "household", only.start(), only.end())
        return
    for value, pattern in words.SCOPES:
        match = pattern.search(reading.text)
        if match is not None:
            yield Entity("scope", value, match.start(), match.end())
            return


def _devices(reading: Reading) -> Iterator[Entity]:
    applied = words.APPLIED_FOR.get(reading.intent or "", frozenset())
    text = words.NO_DEVICE.sub(lambda match: "□" * len(match[0]), reading.text)
    for match in words.DEVICE.finditer(text):
        value = match.lastgroup or ""
        if value not in applied:
            yield Entity("device", value, match.start(), match.end())


def _services(reading: Reading) -> Iterator[Entity]:
    always = words.ALWAYS.get(reading.intent or "")
    if reading.intent is not None and reading.intent not in words.SERVICE_INTENTS:
        return
    named = [*_named_services(reading)]
    if always is not None and all(entity.value != always for entity in named):
        named.append(Entity("service", always, 0, len(reading.text)))
    yield from named


def _named_services(reading: Reading) -> Iterator[Entity]:
    allowed = words.SERVICES_OF.get(reading.intent or "")
    for value, pattern in words.SERVICES:
        if allowed is not None and value not in allowed:
            continue
        match = pattern.search(reading.text)
        if match is not None:
            yield Entity("service", value, match.start(), match.end())
