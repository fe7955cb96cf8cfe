"""The words people use in their requests, cut by jieba from texts whose personal data is masked."""

import logging
import re
from functools import cache
from importlib.resources import files
from typing import Protocol

from handlers.tickets.models import Ticket

CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
KINDS = ("n", "v", "a", "i", "l")  # nouns, verbs, adjectives, set phrases
NO_KINDS = ("nr", "ns", "nt", "nz", "vshi", "vyou")
MOST = 40


@cache
def dull() -> frozenset[str]:
    """Words that are in every request and tell nothing."""
    return frozenset((files("handlers") / "figures" / "dull_words.txt").read_text("utf-8").split())


class Cutter(Protocol):
    def cut(self, text: str) -> list[tuple[str, str]]: ...


@cache
def cutter() -> Cutter:
    """A part-of-speech cutter of our own with the words of the trade; made once a process."""
    import jieba
    from jieba import posseg

    jieba.setLogLevel(logging.WARNING)
    own = jieba.Tokenizer()
    own.initialize()
    with (files("nlu") / "dictionary" / "power.txt").open("rb") as words:
        own.load_userdict(words)
    tagger = posseg.POSTokenizer(own)

    class Cut:
        def cut(self, text: str) -> list[tuple[str, str]]:
            return [(pair.word, pair.flag) for pair in tagger.cut(text, HMM=False)]

    return Cut()


def words_of(ticket: Ticket) -> frozenset[str]:
    """The telling words of a ticket, each once; none of a confidential one."""
    if ticket.is_confidential:
        return frozenset()
    text = ticket.masked_text.replace(ticket.place_text or "\0", " ")
    found = [
        word
        for word, kind in cutter().cut(text)
        if CHINESE.fullmatch(word) and kind.startswith(KINDS) and not kind.startswith(NO_KINDS)
    ]
    return frozenset(word for word in found[:MOST] if word not in dull())
