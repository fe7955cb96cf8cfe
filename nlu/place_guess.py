"""Near misses: names mistyped by one character, and what to ask back with."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from nlu.normalise import normalise
from nlu.place_names import Name, stem
from nlu.place_sounds import canonical, key, loose, syllable
from nlu.understanding import Place

SOUND_ALIKE = 0.75
_WORTH_ASKING = 70.0
# A name of which four characters are its own can lose one and still be known by the rest.
_OWN = 4
_LONGEST = 14
# One of these for another is a different place, never a slip: 一期 and 二期, 东区 and 西区.
_TELLING = frozenset("零一二三四五六七八九十百东南西北上下前后左右新老大小中内外")
# Said for a name's character these are words of the sentence: 有电楼 is not 邮电楼.
_FUNCTION = frozenset("有没的了在是不我你他这那就都还来去又也很和跟到要会能")

Sounds = tuple[str, ...]


def nearness(said: str, spelling: str) -> float:
    """How near two spellings of one sound are, 1.0 for the same; 0.0 without a common character."""
    if not any(mine == theirs for mine, theirs in zip(said, spelling, strict=True)):
        return 0.0
    if any(
        mine != theirs and mine in _FUNCTION for mine, theirs in zip(said, spelling, strict=True)
    ):
        return 0.0
    return sum(map(_near, said, spelling)) / len(spelling)


def _near(mine: str, theirs: str) -> float:
    if mine == theirs:
        return 1.0
    if syllable(mine) == syllable(theirs):
        return 0.9
    return 0.8 if syllable(mine)[:-1] == syllable(theirs)[:-1] else 0.6


@dataclass(frozen=True, slots=True)
class Typos:
    """Spellings by their sounds less one, so that a slip is a look-up and no search."""

    whole: Mapping[Sounds, tuple[str, ...]]
    less_one: Mapping[Sounds, tuple[tuple[str, int], ...]]
    beginnings: frozenset[str]
    telling: Mapping[str, tuple[frozenset[str], ...]]
    lengths: Mapping[frozenset[str], tuple[int, ...]]

    @classmethod
    def of(cls, spellings: Iterable[str]) -> "Typos":
        whole: defaultdict[Sounds, list[str]] = defaultdict(list)
        less_one: defaultdict[Sounds, list[tuple[str, int]]] = defaultdict(list)
        for spelling in spellings:
            if len(stem(spelling)) < _OWN or len(spelling) > _LONGEST:
                continue
            sounds = key(spelling)
            whole[sounds].append(spelling)
            for gap in range(len(sounds)):
                less_one[sounds[:gap] + sounds[gap + 1 :]].append((spelling, gap))
        return cls(
            MappingProxyType({k: tuple(v) for k, v in whole.items()}),
            MappingProxyType({k: tuple(v) for k, v in less_one.items()}),
            frozenset(sound for sounds in whole for sound in sounds[:2]),
            *_by_rarest(spelling for named in whole.values() for spelling in named),
        )

    def find(self, text: str, taken: bytearray) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Windows of a text that are one slip away from a spelling."""
        lengths = self._possible(text, taken)
        if not lengths:
            return
        heard = tuple(map(loose, text))
        reach = _reach(text, taken)
        for length in lengths:
            for start in range(len(heard) - length + 2):
                if heard[start] not in self.beginnings or reach[start] < start + length - 1:
                    continue
                for end in (start + length, start + length - 1, start + length + 1):
                    if end > reach[start]:
                        continue
                    near = self._near(text[start:end], heard[start:end], length)
                    if near:
                        yield start, end, near
                        break

    def _possible(self, text: str, taken: bytearray) -> list[int]:
        """The lengths of the spellings of which the text lacks one character at most."""
        free = {character for character, held in zip(text, taken, strict=False) if not held}
        likely = {held for each in free for held in self.telling.get(each, ())}
        near = (held for held in likely if len(held - free) <= 1)
        return sorted({length for held in near for length in self.lengths[held]}, reverse=True)

    def _near(self, said: str, heard: Sounds, length: int) -> tuple[str, ...]:
        near: Iterator[str]
        if len(heard) == length - 1:
            near = (s for s, gap in self.less_one.get(heard, ()) if _may_miss(said, s, gap))
        elif len(heard) == length:
            near = iter([*self._replaced(said, heard), *self._swapped(said, heard)])
        else:
            near = self._inserted(said, heard)
        return tuple(dict.fromkeys(near))

    def _replaced(self, said: str, heard: Sounds) -> Iterator[str]:
        for gap in range(len(heard)):
            for spelling, missing in self.less_one.get(heard[:gap] + heard[gap + 1 :], ()):
                if missing == gap and _may_replace(said, spelling, gap):
                    yield spelling

    def _swapped(self, said: str, heard: Sounds) -> Iterator[str]:
        for left in range(len(heard) - 1):
            swapped = (*heard[:left], heard[left + 1], heard[left], *heard[left + 2 :])
            for spelling in self.whole.get(swapped, ()):
                if sorted(said) == sorted(spelling):
                    yield spelling

    def _inserted(self, said: str, heard: Sounds) -> Iterator[str]:
        for gap in range(1, len(heard) - 1):
            for spelling in self.whole.get(heard[:gap] + heard[gap + 1 :], ()):
                if said[:gap] + said[gap + 1 :] == spelling and said[gap] not in _TELLING:
                    yield spelling


def _by_rarest(
    spellings: Iterable[str],
) -> tuple[Mapping[str, tuple[frozenset[str], ...]], Mapping[frozenset[str], tuple[int, ...]]]:
    """The characters of spellings by their two rarest, one of which a slip leaves; the lengths."""
    lengths: defaultdict[frozenset[str], set[int]] = defaultdict(set)
    for spelling in spellings:
        lengths[frozenset(spelling)].add(len(spelling))
    common = Counter(character for held in lengths for character in held)
    telling: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    for held in lengths:
        for character in sorted(held, key=lambda each: (common[each], each))[:2]:
            telling[character].append(held)
    return (
        MappingProxyType({character: tuple(held) for character, held in telling.items()}),
        MappingProxyType({held: tuple(sorted(known)) for held, known in lengths.items()}),
    )


def _reach(text: str, taken: bytearray) -> list[int]:
    """For each position how far a name that begins there can go: no name spans a comma."""
    reach = [0] * len(text)
    end = len(text)
    for position in range(len(text) - 1, -1, -1):
        if taken[position] or not text[position].isalnum():
            end = position
        reach[position] = end
    return reach


def _may_miss(said: str, spelling: str, gap: int) -> bool:
    return spelling[gap] not in _TELLING and spelling[:gap] + spelling[gap + 1 :] == said


def _may_replace(said: str, spelling: str, gap: int) -> bool:
    if spelling[gap] in _TELLING or said[gap] in _TELLING or not said[gap].isalpha():
        return False
    same = sum(mine == theirs for mine, theirs in zip(said, spelling, strict=True))
    return same >= len(spelling) - 1 >= _OWN - 1


def rank(
    text: str, spellings: Mapping[str, Sequence[Name]], places: Mapping[str, Place], limit: int
) -> list[Place]:
    """Places by how much of one of their spellings the text holds, in characters or sounds."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only when asking back

    said = canonical(normalise(text[:200]).replace(" ", ""))
    if not said or limit < 1:
        return []
    known = list(spellings)
    written = process.cdist([said], known, scorer=fuzz.partial_ratio)[0]
    heard = _by_sound(said, known)
    scores: dict[str, float] = {}
    for spelling, in_characters, in_sounds in zip(known, written, heard, strict=True):
        score = max(float(in_characters), 0.97 * in_sounds)
        # Of two that fit as well the longer spelling says more.
        score += min(len(spelling), len(said)) / 10
        if score >= _WORTH_ASKING:
            for name in spellings[spelling]:
                scores[name.code] = max(scores.get(name.code, 0.0), score)
    best = sorted(scores, key=lambda code: (-scores[code], code))
    return [places[code] for code in best[:limit]]


def _by_sound(said: str, known: list[str]) -> list[float]:
    """Each syllable as one character, so that the same measure serves."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only when asking back

    numbered = {
        sound: chr(0xE000 + number)
        for number, sound in enumerate(dict.fromkeys(map(loose, said + "".join(known))))
    }
    sounds = ["".join(numbered[loose(c)] for c in spelling) for spelling in (said, *known)]
    return [float(s) for s in process.cdist(sounds[:1], sounds[1:], scorer=fuzz.partial_ratio)[0]]
