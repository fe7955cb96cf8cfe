"""Pinyin typed as letters, heard as the characters it stands for."""

import re
from functools import lru_cache

from nlu.features import sound_table

LETTERS = re.compile(r"[a-z]+")
LONGEST = 6
MIN_SYLLABLES = 3


@lru_cache(maxsize=1)
def sounds() -> dict[int, str]:
    """Each character to the mark of its sound."""
    return sound_table()


@lru_cache(maxsize=1)
def _syllables() -> dict[str, str]:
    """Each syllable, with the confusions of accents folded as in `sounds`, to its mark."""
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415 - only for the few who type so
    from pypinyin.contrib.tone_convert import to_normal  # noqa: PLC0415

    found: dict[str, str] = {}
    for code, mark in sounds().items():
        reading = str(PINYIN_DICT[code]).split(",", maxsplit=1)[0]
        found.setdefault(str(to_normal(reading)).lower(), mark)
    return found


def heard(text: str) -> str:
    """The marks of a text of Latin syllables; empty where it is something else."""
    marks: list[str] = []
    for word in LETTERS.findall(text):
        if (part := _split(word)) is None:
            return ""
        marks += part
    return "".join(marks) if len(marks) >= MIN_SYLLABLES else ""


def _split(word: str) -> list[str] | None:
    """The syllables of a word, the longest first; None where letters are left over."""
    if not word:
        return []
    known = _syllables()
    for length in range(min(LONGEST, len(word)), 0, -1):
        mark = known.get(word[:length])
        if mark is not None and (rest := _split(word[length:])) is not None:
            return [mark, *rest]
    return None
