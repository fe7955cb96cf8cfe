"""What is compared of a text: its words, pairs of letters and pairs of sounds."""

import re
from itertools import pairwise

from config.guides import Vocabulary
from handlers.guide.pinyin import heard, sounds
from nlu.local import tokenizer
from nlu.normalise import normalise

LONGEST = 300
# How much a word, two letters and two sounds count.
WORD, LETTERS, SOUNDS = 1.0, 0.45, 0.3


def kind(term: str) -> float:
    """How much a term of its kind counts."""
    return {"w": WORD, "c": LETTERS}.get(term[0], SOUNDS)


class Terms:
    """What is compared of a text: `w` words, `c` pairs of letters, `s` pairs of sounds."""

    def __init__(self, words: Vocabulary) -> None:
        self._same = {
            normalise(other): name for name, others in words.alias.items() for other in others
        }
        longest_first = sorted(self._same, key=len, reverse=True)
        self._alias = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        self._stop = frozenset(words.stop)
        self._general = frozenset(words.general)
        self._topics = words.topic

    def is_general(self, text: str) -> bool:
        return all(word in self._general or not word.isalnum() for word in self._words(text))

    def service_in(self, text: str) -> str:
        """The one service a text names; empty where it names none or several."""
        plain = self._plain(text, LONGEST)
        named = [name for name, words in self._topics.items() if any(w in plain for w in words)]
        return named[0] if len(named) == 1 else ""

    def _plain(self, text: str, longest: int | None) -> str:
        return self._alias.sub(lambda m: self._same[m[0]], normalise(text)[:longest])

    def _words(self, text: str, longest: int | None = LONGEST) -> list[str]:
        words = tokenizer()(self._plain(text, longest))
        return [word for word in words if word not in self._stop]

    def of(self, text: str, *, longest: int | None = LONGEST) -> set[str]:
        words = self._words(text, longest)
        letters = "".join(character for word in words for character in word if character.isalnum())
        marks = letters.translate(sounds()) if not text.isascii() else heard(normalise(text))
        return {
            *(f"w{word}" for word in words if word.isalnum()),
            *(f"c{first}{second}" for first, second in pairwise(letters)),
            *(f"s{first}{second}" for first, second in pairwise(marks)),
        }
