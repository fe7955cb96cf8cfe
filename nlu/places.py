"""The gazetteer: finds the registry's places in a text, as written, misheard or mistyped."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from nlu import place_context as context
from nlu import place_guess as guess
from nlu.normalise import align
from nlu.place_names import Name, registered, shortened
from nlu.place_sounds import canonical, key
from nlu.understanding import Entity, Place

Start = TypeVar("Start")

# A long message names its places early; what follows is read for exact spellings only.
_HEARD = 240
_SOUNDED = 3


@dataclass(frozen=True, slots=True)
class Match:
    """Places named by the same characters of a normalised text."""

    start: int
    end: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All spellings, indexed; never changed once built, so any number of threads may read it."""

    places: Mapping[str, Place]
    spellings: Mapping[str, tuple[Name, ...]]
    lengths: Mapping[str, tuple[int, ...]]
    sounds: Mapping[tuple[str, ...], tuple[str, ...]]
    sound_lengths: Mapping[tuple[str, str], tuple[int, ...]]
    typos: guess.Typos

    def find(self, text: str) -> Sequence[Entity]:
        """Every place named, in the order of the text."""
        aligned = align(text)
        found = []
        for match in self.matches(aligned.text):
            start, end = aligned.span(match.start, match.end)
            named = dict.fromkeys(self.places[code].name for code in match.codes)
            found += [Entity("community", name, start, end) for name in named]
        return tuple(found)

    def matches(self, text: str) -> list[Match]:
        """Places in a normalised text: exact spellings first, then sounds, then typing errors."""
        read = canonical(text)
        taken = bytearray(len(read))
        found = self._exact(read, taken)
        heard = key(read[:_HEARD])
        found += self._by_sound(read, heard, taken)
        found += self._by_typo(read, heard, taken)
        kept = [match for match in found if match.codes]
        return sorted(kept, key=lambda match: match.start)

    def suggest(self, text: str, limit: int = 5) -> list[Place]:
        """The places a text may mean, best first, to ask back with."""
        return guess.rank(text, self.spellings, self.places, limit)

    def _exact(self, text: str, taken: bytearray) -> list[Match]:
        found = []
        position = 0
        while position < len(text):
            lengths = self.lengths.get(text[position : position + 2])
            match = self._exact_at(text, position, lengths) if lengths else None
            if match is None:
                position += 1
                continue
            taken[match.start : match.end] = b"\1" * (match.end - match.start)
            found.append(match)
            position = match.end
        return found

    def _exact_at(self, text: str, start: int, lengths: tuple[int, ...]) -> Match | None:
        for length in lengths:
            end = start + length
            known = self.spellings.get(text[start:end])
            if known is None:
                continue
            if known[0].is_weak and not context.is_spoken_as_place(text, start, end):
                # 龙井 in 龙井路 and 三中 in 三中全会: the characters may still begin another name.
                continue
            return Match(start, end, self._meant(text, start, end, known))
        return None

    def _meant(self, text: str, start: int, end: int, known: tuple[Name, ...]) -> tuple[str, ...]:
        """The places of a spelling; none where it is denied or an office, but it stays taken."""
        if context.is_office(text, end) or context.is_denied(text, start):
            return ()
        if known[0].is_weak and context.is_longer_name(text, end):
            return ()
        return tuple(dict.fromkeys(name.code for name in known))

    def _by_sound(self, text: str, heard: tuple[str, ...], taken: bytearray) -> list[Match]:
        found = []
        for start in range(len(heard) - 1):
            for length in self.sound_lengths.get((heard[start], heard[start + 1]), ()):
                end = start + length
                if end > len(heard) or any(taken[start:end]):
                    continue
                spellings = self.sounds.get(heard[start:end])
                if spellings is None:
                    continue
                meant = self._sounding(text[start:end], spellings)
                if meant:
                    found.append(self._take(text, start, end, meant, taken))
                    break
        return found

    def _sounding(self, said: str, spellings: tuple[str, ...]) -> tuple[Name, ...]:
        """The spellings nearest in characters and tones among those that sound alike."""
        scores = {spelling: guess.nearness(said, spelling) for spelling in spellings}
        best = max(scores.values())
        if best < guess.SOUND_ALIKE:
            return ()
        nearest = [spelling for spelling, score in scores.items() if score == best]
        return tuple(name for spelling in nearest for name in self.spellings[spelling])

    def _by_typo(self, text: str, heard: tuple[str, ...], taken: bytearray) -> list[Match]:
        found = []
        for start, end, spellings in self.typos.find(text[: len(heard)], taken):
            meant = tuple(name for spelling in spellings for name in self.spellings[spelling])
            if not any(taken[start:end]):
                found.append(self._take(text, start, end, meant, taken))
        return found

    def _take(
        self, text: str, start: int, end: int, meant: tuple[Name, ...], taken: bytearray
    ) -> Match:
        taken[start:end] = b"\1" * (end - start)
        return Match(start, end, self._meant(text, start, end, meant))


def build(places: Iterable[Place]) -> Gazetteer:
    """An index over these places; a few milliseconds for a hundred of them."""
    by_code = {place.code: place for place in places}
    frozen = _spellings(by_code.values())
    sounding: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for spelling in frozen:
        if len(spelling) >= _SOUNDED and not frozen[spelling][0].is_weak:
            sounding[key(spelling)].append(spelling)
    return Gazetteer(
        places=MappingProxyType(by_code),
        spellings=MappingProxyType(frozen),
        lengths=_lengths((spelling[:2], len(spelling)) for spelling in frozen),
        sounds=MappingProxyType({sound: tuple(named) for sound, named in sounding.items()}),
        sound_lengths=_lengths(((sound[0], sound[1]), len(sound)) for sound in sounding),
        typos=guess.Typos.of(s for s in frozen if not frozen[s][0].is_weak),
    )


def _spellings(places: Collection[Place]) -> dict[str, tuple[Name, ...]]:
    """What the registry says, and short forms that it does not give to another place."""
    spellings: defaultdict[str, list[Name]] = defaultdict(list)
    for place in places:
        for name in registered(place):
            spellings[name.spelling].append(name)
    known = frozenset(spellings)
    for place in places:
        for name in shortened(place):
            if name.spelling not in known:
                spellings[name.spelling].append(name)
    return {spelling: tuple(named) for spelling, named in spellings.items()}


def _lengths(pairs: Iterable[tuple[Start, int]]) -> Mapping[Start, tuple[int, ...]]:
    """For each beginning the lengths of the spellings that have it, longest first."""
    lengths: defaultdict[Start, set[int]] = defaultdict(set)
    for start, length in pairs:
        lengths[start].add(length)
    return MappingProxyType({s: tuple(sorted(n, reverse=True)) for s, n in lengths.items()})
