"""Which of many patterns a text may match at all, told by the characters it holds."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from re import _constants as sre  # type: ignore[attr-defined]  # no public way to a parsed pattern
from re import _parser  # type: ignore[attr-defined]
from typing import Any

Needs = tuple[frozenset[str], ...]  # a text that matches holds a character of each of these

_SLOTS = 4  # needs looked at; more of them turn away hardly any pattern
_WIDE = 400  # characters of a need; a wider one is met by nearly every text
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)


@dataclass(frozen=True, slots=True)
class Sieve:
    """Patterns in their order; each slot maps a character to the patterns it serves, as bits."""

    patterns: tuple[re.Pattern[str], ...]
    slots: tuple[tuple[Mapping[str, int], int], ...]  # and the patterns that need nothing there

    @classmethod
    def of(cls, patterns: Iterable[re.Pattern[str]]) -> "Sieve":
        kept = tuple(patterns)
        all_needs = [needs(pattern.pattern) for pattern in kept]
        return cls(kept, tuple(_slot(all_needs, number) for number in range(_SLOTS)))

    def sift(self, text: str) -> Iterator[int]:
        """The numbers of the patterns that may match the text or what is left of it, in order."""
        characters = set(text)
        bits = (1 << len(self.patterns)) - 1
        for serves, free in self.slots:
            bits &= reduce(or_, filter(None, map(serves.get, characters)), free)
        while bits:
            lowest = bits & -bits
            yield lowest.bit_length() - 1
            bits ^= lowest


def _slot(all_needs: Sequence[Needs], number: int) -> tuple[Mapping[str, int], int]:
    serves: dict[str, int] = {}
    free = 0
    for place, needed in enumerate(all_needs):
        if number >= len(needed):
            free |= 1 << place
            continue
        for character in needed[number]:
            serves[character] = serves.get(character, 0) | 1 << place
    return serves, free


def needs(pattern: str) -> Needs:
    """What a text must hold for the pattern to match; the narrowest first."""
    return tuple(_in_sequence(_parser.parse(pattern))[:_SLOTS])


def _in_sequence(parsed: Iterable[tuple[Any, Any]]) -> list[frozenset[str]]:
    found = {need for operation, argument in parsed for need in _of(operation, argument)}
    return sorted(found, key=lambda need: (len(need), sorted(need)))


def _of(operation: Any, argument: Any) -> list[frozenset[str]]:
    """The needs of one step; what is optional, denied or of a whole category needs nothing."""
    if operation is sre.LITERAL:
        return [frozenset(chr(argument))]
    if operation is sre.IN:
        return _of_class(argument)
    if operation is sre.BRANCH:
        return _of_branches([_in_sequence(branch) for branch in argument[1]])
    if operation in _REPEATS:
        return _in_sequence(argument[2]) if argument[0] else []
    if operation in {sre.SUBPATTERN, sre.ASSERT}:
        return _in_sequence(argument[-1])
    return []


def _of_class(members: Sequence[tuple[Any, Any]]) -> list[frozenset[str]]:
    characters: set[str] = set()
    for operation, argument in members:
        if operation is sre.LITERAL:
            characters.add(chr(argument))
        elif operation is sre.RANGE and argument[1] - argument[0] < _WIDE:
            characters.update(map(chr, range(argument[0], argument[1] + 1)))
        else:
            return []
    return [frozenset(characters)]


def _of_branches(branches: Sequence[list[frozenset[str]]]) -> list[frozenset[str]]:
    """One need of each branch together; branches with fewer give their widest again."""
    if not all(branches):
        return []
    depth = max(map(len, branches))
    joined = (
        frozenset().union(*(branch[min(number, len(branch) - 1)] for branch in branches))
        for number in range(depth)
    )
    return [need for need in joined if len(need) <= _WIDE]
