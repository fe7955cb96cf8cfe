"""The words people use in their requests, cut by jieba from texts whose personal data is masked."""

import re
from functools import cache
from importlib.resources import files

from handlers.tickets.models import Ticket
from nlu import local

CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
KINDS = ("n", "v", "a", "i", "l")  # nouns, verbs, adjectives, set phrases
NO_KINDS = ("nr", "ns", "nt", "nz", "vshi", "vyou")
MOST = 40


@cache
def dull() -> frozenset[str]:
    """Words that are in every request and tell nothing."""
    return frozenset((files("handlers") / "figures" / "dull_words.txt").read_text("utf-8").split())


@cache
def telling_nothing() -> frozenset[str]:
    """The words of jieba's dictionary that are of no telling kind; our trade's words go before.

    The kinds alone are read: jieba's own tagger would hold a second dictionary and three tables
    of probabilities, a third of the process's memory.
    """
    found: dict[str, str] = {}
    for path in (files("jieba") / "dict.txt", files("nlu") / "dictionary" / "power.txt"):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                word, _, kind = line.split()
                if kind.startswith(KINDS) and not kind.startswith(NO_KINDS):
                    found.pop(word, None)
                else:
                    found[word] = kind
    return frozenset(found)


def warm() -> None:
    """Read the dictionary now: seconds in which others would wait for a lock."""
    local.tokenizer()
    telling_nothing()


def words_of(ticket: Ticket) -> frozenset[str]:
    """The telling words of a ticket, each once; none of a confidential one."""
    if ticket.is_confidential:
        return frozenset()
    text = ticket.masked_text.replace(ticket.place_text or "\0", " ")
    nothing = telling_nothing()
    found = [
        word for word in local.tokenizer()(text) if CHINESE.fullmatch(word) and word not in nothing
    ]
    return frozenset(word for word in found[:MOST] if word not in dull())
