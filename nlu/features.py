"""What the local model sees of a text: words, character n-grams, and how it sounds."""

import hashlib
import logging
from collections.abc import Callable
from itertools import pairwise
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

    def cut(text: str) -> list[str]:
        return [word for word in own.cut(text, HMM=False) if not word.isspace()]

    return cut


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
