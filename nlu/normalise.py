"""One form for every way a text can be typed, and the way back to the characters as written."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_IDEOGRAPHS = ("\u4e00", "\u9fff")
# Chinese chat abounds in these; NFKC leaves them apart though they are typed for one another.
_LOOKALIKES = {
    "—": "-",
    "–": "-",
    "−": "-",
    "‐": "-",
    "﹣": "-",
    "“": '"',
    "”": '"',
    "～": "~",
    "℃": "℃",
}
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_KEYCAP_MARKS = {"\ufe0f", "\u20e3"}


@dataclass(frozen=True, slots=True)
class Aligned:
    """A normalised text; `origins[i]` is where its i-th character stood in the text as written."""

    text: str
    origins: tuple[int, ...]
    original_length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text from which `text[start:end]` came."""
        if start >= end or not self.origins:
            at = self.origins[start] if start < len(self.origins) else self.original_length
            return at, at
        return self.origins[start], self.origins[min(end, len(self.origins)) - 1] + 1


def normalise(text: str) -> str:
    """Simplified characters, half-width, lower case, single blanks, nothing invisible."""
    return align(text).text


@lru_cache(maxsize=64)  # one message is asked about by danger, wishes, places and the guide
def align(text: str) -> Aligned:
    """As `normalise`, and for each character where it came from."""
    folded = [*map(_fold, _simplify(text))]
    whole = "".join(folded)
    if len(whole) == len(folded) and all(folded) and " " not in whole:
        return Aligned(whole, tuple(range(len(whole))), len(text))
    characters: list[str] = []
    origins: list[int] = []
    for position, several in enumerate(folded):
        for character in several:
            if character == " " and (not characters or characters[-1] == " "):
                continue
            characters.append(character)
            origins.append(position)
    if characters and characters[-1] == " ":
        characters.pop()
        origins.pop()
    return Aligned("".join(characters), tuple(origins), len(text))


def _simplify(text: str) -> str:
    """Traditional to simplified, one character for one so that positions hold."""
    if text.isascii():
        return text
    convert = _converter()
    # OpenCC works on UTF-8; a lone surrogate, which a broken emoji leaves behind, is none.
    whole = _NO_TEXT.sub("\u200b", text)
    simplified = convert(whole)
    if len(simplified) == len(text):
        return simplified
    each = (convert(character) for character in whole)
    return "".join(new if len(new) == 1 else old for new, old in zip(each, whole, strict=True))


@lru_cache(maxsize=1)
def _converter() -> Callable[[str], str]:
    import opencc  # noqa: PLC0415 - reads its dictionaries

    converter: Callable[[str], str] = opencc.OpenCC("t2s").convert
    converter("电")
    return converter


@lru_cache(maxsize=8192)
def _fold(character: str) -> str:
    if _IDEOGRAPHS[0] <= character <= _IDEOGRAPHS[1]:
        return character
    if character in _LOOKALIKES:
        return _LOOKALIKES[character]
    if character.isspace():
        return " "
    if character in _KEYCAP_MARKS or unicodedata.category(character) in {
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
    }:
        return ""
    folded = unicodedata.normalize("NFKC", character).lower()
    return "".join(_LOOKALIKES.get(part, " " if part.isspace() else part) for part in folded)
