"""Find the page that answers a question: words, their letters and their sound, honestly scored."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import log, sqrt

from config.guides import Audience, Guide, Page, Vocabulary
from handlers.desk import Desk
from handlers.guide.terms import LONGEST, Terms, kind

# Chosen on tests/fixtures/guide: a page this good, or this good and this far ahead, is right.
SURE = 0.5
VERY_SURE = 0.8
CLEAR, AHEAD = 0.36, 0.07
MAYBE = 0.27  # worth offering by its title
BODY = 0.12  # how much the words of the answer add
OF_QUERY, OF_PAGE = 0.45, 0.55  # how the lengths of question and page are evened out
SAME_SERVICE, OTHER_SERVICE, SAME_INTENT, OTHER_INTENT = 0.1, 0.15, 0.03, 0.06
PINYIN = 5.0  # of a text typed in pinyin only the sounds can be shared
PART = 0.15  # how much less a sentence says than the whole question
SENTENCE = 30
BREAKS = re.compile(r"[。！？!?;；\n，,、：:]+")
MIN_SENTENCE = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A page with how well it fits, about 0 to 1."""

    page: Page
    score: float


@dataclass(frozen=True, slots=True)
class Asked:
    """One way a page is asked for."""

    page: int
    weight: float


@lru_cache(maxsize=4)
def index_of(guide: Guide, audience: Audience) -> "Index":
    """The index of a guide's pages, built at the first question and kept."""
    return Index([page for page in guide.pages if page.audience == audience], guide.words)


def residents(desk: Desk) -> "Index":
    return index_of(desk.tables.guide, Audience.RESIDENT)


def staff(desk: Desk) -> "Index":
    return index_of(desk.tables.guide, Audience.STAFF)


def warm(guide: Guide) -> None:
    """Build both indexes at start, so that the first question does not wait for them."""
    for audience in Audience:
        index_of(guide, audience)


class Index:
    """Built once and only read afterwards, so that threads may share it."""

    def __init__(self, pages: list[Page], words: Vocabulary) -> None:
        self._pages = pages
        self._terms = Terms(words)
        asked = [
            (number, self._terms.of(text))
            for number, page in enumerate(pages)
            for text in (page.title, *page.questions)
        ]
        counts = Counter(term for _, terms in asked for term in terms)
        rarity = {term: log(1 + len(asked) / count) for term, count in counts.items()}
        self._weights = {term: kind(term) * rare for term, rare in rarity.items()}
        self._unknown = log(1 + len(asked))
        self._asked = [Asked(number, self._weight(terms)) for number, terms in asked]
        self._postings: dict[str, list[int]] = defaultdict(list)
        for position, (_, terms) in enumerate(asked):
            for term in terms:
                self._postings[term].append(position)
        self._bodies: dict[str, set[int]] = defaultdict(set)
        for number, page in enumerate(pages):
            for term in self._terms.of(f"{page.answer}\n{page.details}", longest=None):
                self._bodies[term].add(number)

    def search(
        self,
        text: str,
        *,
        service: str = "",
        intent: str = "",
        limit: int = 3,
        on: date | None = None,
    ) -> list[Found]:
        """The best pages, best first, without those that are valid only after the day `on`."""
        best: dict[int, float] = {}
        whole, *parts = [self._terms.of(part) for part in _parts(text)]
        for terms in (whole, *parts):
            share = (self._weight(terms) / self._weight(whole)) ** PART
            share *= PINYIN if text.isascii() else 1.0
            for number, score in self._score(terms).items():
                best[number] = max(share * score, best.get(number, 0.0))
        service = service or self._terms.service_in(text)
        scored = [
            Found(self._pages[number], score + _fit(self._pages[number], service, intent))
            for number, score in best.items()
            if on is None or self._pages[number].valid_from <= on
        ]
        return sorted(scored, key=lambda found: -found.score)[:limit]

    def is_general(self, text: str) -> bool:
        """Whether a question names no matter, as 「要什么材料」 does."""
        return self._terms.is_general(text)

    def service_in(self, text: str) -> str:
        """The one service a text names; empty where it names none or several."""
        return self._terms.service_in(text)

    def _score(self, terms: set[str]) -> dict[int, float]:
        asked = self._weight(terms)
        shared: defaultdict[int, float] = defaultdict(float)
        body: defaultdict[int, float] = defaultdict(float)
        for term in terms:
            weight = self._weight_of(term)
            for position in self._postings.get(term, ()):
                shared[position] += weight
            for number in self._bodies.get(term, ()):
                body[number] += weight
        scores: dict[int, float] = {}
        for position, weight in shared.items():
            way = self._asked[position]
            score = weight / (asked**OF_QUERY * way.weight**OF_PAGE)
            scores[way.page] = max(score, scores.get(way.page, 0.0))
        return {
            number: score + BODY * sqrt(body[number] / asked) for number, score in scores.items()
        }

    def _weight(self, terms: Iterable[str]) -> float:
        return sum(map(self._weight_of, terms)) or 1.0

    def _weight_of(self, term: str) -> float:
        weight = self._weights.get(term)
        return kind(term) * self._unknown if weight is None else weight


def is_sure(found: list[Found]) -> bool:
    """Whether the first page may be given as the answer."""
    if not found or found[0].score < CLEAR:
        return False
    second = found[1].score if len(found) > 1 else 0.0
    return found[0].score >= SURE or found[0].score - second >= AHEAD


def _parts(text: str) -> list[str]:
    """The question, and each sentence of a long one."""
    text = text[: 3 * LONGEST]
    if len(text) <= SENTENCE:
        return [text]
    return [text, *(part for part in BREAKS.split(text) if len(part) >= MIN_SENTENCE)]


def _fit(page: Page, service: str, intent: str) -> float:
    """What the understanding of the message says for or against a page."""
    fit = SAME_INTENT if intent in page.intents else 0.0
    if intent and page.intents and intent not in page.intents:
        fit = -OTHER_INTENT
    if service and page.service:
        fit += SAME_SERVICE if page.service == service else -OTHER_SERVICE
    return fit
