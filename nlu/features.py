"""What the local model sees of a text: words, character n-grams, and how it sounds."""

import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from math import inf, log
from pathlib import Path

from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

DICTIONARY = Path(__file__).parent / "dictionary" / "power.txt"

BLOCKS = ("words", "chars", "sounds")
WEIGHTS = (1.0, 1.0, 0.7)  # how much each block is heard, chosen on left-out examples and dev
LONGEST = 300  # characters scored at once; of a longer text the sentences are scored too

# Residents type by pinyin: 「缴废」 for 「缴费」. Accents that mix zh/z, ch/c, sh/s and -ng/-n
# are folded too, so that a slip of the keyboard or the ear keeps the n-grams.
_SOUND_BASE = 0xE000

# Runs that jieba cuts into words; every other character stands alone.
_RUN = re.compile(r"([\u4e00-\u9fd5a-zA-Z0-9+#&._%-]+)|(.)", re.DOTALL)

Table = dict[int, str]
Cut = Callable[[str], list[str]]


def grams(text: str, longest: int) -> list[str]:
    padded = f"^{text}$"
    end = len(padded)
    found: list[str] = list(padded)
    for size in range(2, longest + 1):
        found += [padded[start : start + size] for start in range(end - size + 1)]
    return found


def extract(text: str, cut: Cut, table: Table) -> tuple[list[str], ...]:
    """The features of a normalised text, one list for each of BLOCKS; repeats are not counted."""
    text = text[:LONGEST]
    words = cut(text)
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    return words + pairs, grams(text, 4), grams(text.translate(table), 3)


def tokenizer() -> Cut:
    """A jieba of our own with the words of the trade; the global one stays as it is."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    own = jieba.Tokenizer()
    own.initialize()
    with DICTIONARY.open("rb") as words:  # jieba leaves a file open that it opens itself
        own.load_userdict(words)

    counts: Mapping[str, int] = own.FREQ
    total = log(own.total)

    def cut(text: str) -> list[str]:
        words: list[str] = []
        for run, other in _RUN.findall(text):
            words += _joined(_likeliest(run, counts, total)) if run else other
        return [word for word in words if not word.isspace()]

    return cut


def _likeliest(text: str, counts: Mapping[str, int], total: float) -> list[str]:
    """The cut whose words are the most frequent together, as jieba's without new words."""
    length = len(text)
    best = [0.0] * (length + 1)
    ends = [0] * length
    for start in range(length - 1, -1, -1):
        top, last = -inf, start + 1
        for end in range(start + 1, length + 1):
            count = counts.get(text[start:end])
            if count is None:  # no word of the dictionary begins so
                break
            if count and (score := log(count) - total + best[end]) >= top:
                top, last = score, end
        best[start] = top if top > -inf else best[start + 1] - total
        ends[start] = last
    words, start = [], 0
    while start < length:
        words.append(text[start : ends[start]])
        start = ends[start]
    return words


def _joined(words: list[str]) -> list[str]:
    """Letters and digits that are no word are read together."""
    joined: list[str] = []
    is_open = False
    for word in words:
        is_single = len(word) == 1 and word.isascii() and word.isalnum()
        if is_single and is_open:
            joined[-1] += word
        else:
            joined.append(word)
        is_open = is_single
    return joined


def sound_table() -> Table:
    """Each Chinese character to one private-use character for its folded first reading."""
    numbers: dict[str, int] = {}
    table: Table = {}
    for code, readings in PINYIN_DICT.items():
        if 0x4E00 <= code <= 0x9FFF:  # noqa: PLR2004 - the common block
            sound = _fold(str(readings).split(",")[0])
            table[code] = chr(_SOUND_BASE + numbers.setdefault(sound, len(numbers)))
    return table


def _fold(reading: str) -> str:
    sound = str(to_normal(reading)).lower()
    if sound[:2] in {"zh", "ch", "sh"}:
        sound = sound[0] + sound[2:]
    return sound.removesuffix("g") if sound.endswith("ng") else sound


def code_version() -> str:
    """Changes whenever a trained model would see other features than it was trained on."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for path in (here / "features.py", here / "normalise.py", DICTIONARY):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
