"""The path from a text to an Understanding, the same for every engine: danger, wishes, things."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from nlu import entities, hazards, sentences
from nlu.calibration import Thresholds
from nlu.intents import ACTIONS, HAZARD, INTENTS, OUT_OF_SCOPE, SMALL_TALK
from nlu.neutral import neutral
from nlu.normalise import normalise
from nlu.scorer import Array
from nlu.understanding import Entity, Gazetteer, Hazard, IntentScore, Request, Understanding

READ = 2000  # characters read for wishes and things; danger is looked for in all of them
_BEST = 5
_SEVERAL = 2
_DOUBTFUL = 0.2  # a danger less likely than this is none by any threshold
_DANGER = INTENTS.index(HAZARD)
_TROUBLE = {HAZARD, "report_outage", "report_fault", "still_no_power"}
# The crew that danger calls sees to these too: no second ticket.
_BROUGHT_BY_DANGER = _TROUBLE | {OUT_OF_SCOPE}

Score = Callable[[str], Array]  # a normalised text to the probabilities of INTENTS


@dataclass(frozen=True, slots=True)
class Wish:
    """A sentence and what the engine thinks of it."""

    sentence: sentences.Sentence
    scores: Array

    @property
    def intent(self) -> str:
        return INTENTS[int(self.scores.argmax())]

    @property
    def confidence(self) -> float:
        return float(self.scores.max())


@dataclass(frozen=True, slots=True)
class Reading:
    """All that is known of a text before the thresholds decide; `whole` scores it at once."""

    text: str
    whole: Array
    wishes: tuple[Wish, ...]
    hazard: Hazard | None
    danger: float = 0.0  # the model's own vote, where no rule saw danger


@dataclass(frozen=True, slots=True)
class _Once:
    """Places looked for once in each text: the scores and the entities ask for the same."""

    gazetteer: Gazetteer
    known: dict[str, Sequence[Entity]] = field(default_factory=dict)

    def find(self, text: str) -> Sequence[Entity]:
        if text not in self.known:
            self.known[text] = self.gazetteer.find(text)
        return self.known[text]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """An engine's name, scores and thresholds; what is around them is the same for all."""

    name: str
    score: Score
    limits: Thresholds

    def understand(self, text: str, *, at: datetime, gazetteer: Gazetteer) -> Understanding:
        started = time.perf_counter()
        gazetteer = _Once(gazetteer)
        reading = read(text, self.score, gazetteer)
        requests = decide(reading, self.limits)
        found = entities.extract(text[:READ], at=at, gazetteer=gazetteer, intent=requests[0].intent)
        return Understanding(
            text=text,
            requests=(
                replace(requests[0], entities=found),
                *(_with(request, text, at, gazetteer) for request in requests[1:]),
            ),
            ranking=_ranking(reading.whole),
            entities=found,
            hazard=_hazard(reading, requests),
            engine=self.name,
            milliseconds=(time.perf_counter() - started) * 1000,
        )


def _ranking(scores: Array) -> tuple[IntentScore, ...]:
    best = np.argsort(-scores, kind="stable")[:_BEST]
    likely = zip(best.tolist(), scores[best].tolist(), strict=True)
    return tuple(IntentScore(INTENTS[index], score) for index, score in likely)


def _with(request: Request, text: str, at: datetime, gazetteer: Gazetteer) -> Request:
    """A further request with what its own words name, read as its own intent asks."""
    start = text.find(request.text)
    found = entities.extract(request.text[:READ], at=at, gazetteer=gazetteer, intent=request.intent)
    own = (replace(each, start=each.start + start, end=each.end + start) for each in found)
    return replace(request, entities=tuple(own))


def _hazard(reading: Reading, requests: tuple[Request, ...]) -> Hazard | None:
    """The rules' finding where it was followed, or the model's where it alone saw danger."""
    if reading.hazard is not None:
        kind_intent = hazards.INTENT_OF_KIND.get(reading.hazard.kind, HAZARD)
        return reading.hazard if requests[0].intent == kind_intent else None
    if requests[0].intent == HAZARD:
        return Hazard("other", (), is_p0=False)
    return None


def read(text: str, score: Score, gazetteer: Gazetteer | None = None) -> Reading:
    """Score a text and its sentences, names set aside; looks for danger in all of it."""
    pieces = sentences.split(text[:READ])
    hazard = hazards.detect(text)
    texts = [neutral(piece.text, gazetteer) for piece in pieces]
    scores = {said: score(said) for said in dict.fromkeys(texts)}
    wishes = tuple(Wish(piece, scores[said]) for piece, said in zip(pieces, texts, strict=True))
    whole = wishes[0].scores if len(wishes) == 1 else score(neutral(text[:READ], gazetteer))
    told = [(text[:READ], whole), *((wish.sentence.text, wish.scores) for wish in wishes)]
    danger = 0.0 if hazard else max(_vote(said, scores, score) for said, scores in told)
    return Reading(text, whole, wishes, hazard, danger)


def _vote(said: str, scores: Array, score: Score) -> float:
    """How sure the model is of danger, even without what is denied or a figure of speech."""
    likely = float(scores[_DANGER])
    if likely < _DOUBTFUL:
        return likely
    rest = hazards.undismissed(said)
    return likely if rest == normalise(said) else min(likely, float(score(rest)[_DANGER]))


def decide(reading: Reading, limits: Thresholds) -> tuple[Request, ...]:
    """Danger first, then the main wish, then the other ones that are sure; never empty."""
    danger = _danger(reading, limits)
    main = _main(reading, limits, may_be_danger=danger is not None)
    if danger is None:
        ordered = [main]
        if main.intent != OUT_OF_SCOPE:
            ordered = _in_order([main, *_others(reading, limits)], reading)
    else:
        beside = [main] if main.confidence >= limits.act else []
        ordered = [danger] + [
            each
            for each in [*beside, *_others(reading, limits)]
            if each.intent not in _BROUGHT_BY_DANGER | SMALL_TALK
        ]
    chosen: dict[str, Request] = {}
    for request in ordered:
        chosen.setdefault(request.intent, request)
    return tuple(chosen.values())


def _in_order(requests: list[Request], reading: Reading) -> list[Request]:
    """What somebody must act on first, then as written; the main wish stands where it is said."""

    def place(request: Request) -> tuple[bool, int]:
        column = INTENTS.index(request.intent)
        said = [float(wish.scores[column]) for wish in reading.wishes]
        return request.intent not in ACTIONS, said.index(max(said)) if said else 0

    return sorted(requests, key=place) if len(requests) > 1 else requests


def _danger(reading: Reading, limits: Thresholds) -> Request | None:
    scores = [reading.whole, *(wish.scores for wish in reading.wishes)]
    likely = max(float(each[_DANGER]) for each in scores)
    if reading.hazard is not None:
        intent = hazards.INTENT_OF_KIND.get(reading.hazard.kind, HAZARD)
        if intent != HAZARD or likely >= _enough(reading, limits):
            return Request(intent, max(likely, limits.act), reading.text)
        return None
    if reading.danger >= limits.hazard_alone:
        return Request(HAZARD, likely, reading.text)
    return None


def _enough(reading: Reading, limits: Thresholds) -> float:
    """What a rule's danger needs: more where the whole text is surely another wish, not trouble."""
    another = max(
        float(score)
        for intent, score in zip(INTENTS, reading.whole, strict=True)
        if intent not in _TROUBLE
    )
    return limits.hazard_against_wish if another >= limits.also else limits.hazard_with_rule


def _main(reading: Reading, limits: Thresholds, *, may_be_danger: bool) -> Request:
    scores = reading.whole
    if not may_be_danger:  # what was not believed above is not said here either
        scores = scores.copy()
        scores[_DANGER] = 0
        scores /= scores.sum() or 1
    best = int(scores.argmax())
    confidence = float(scores[best])
    intent = INTENTS[best] if confidence >= limits.fallback else OUT_OF_SCOPE
    return Request(intent, confidence, reading.text)


def _others(reading: Reading, limits: Thresholds) -> list[Request]:
    """The wishes of single sentences; a sentence of a story is seldom a wish of its own."""
    if len(reading.wishes) < _SEVERAL:  # one sentence is the whole text
        return []
    another = [wish.sentence.is_another for wish in reading.wishes]
    # 「……。另外……」: the writer says that what stands on either side are two matters.
    told = [here or after for here, after in zip(another, [*another[1:], False], strict=True)]
    return [
        Request(wish.intent, wish.confidence, wish.sentence.text)
        for wish, is_told in zip(reading.wishes, told, strict=True)
        if wish.confidence >= (limits.act if is_told else limits.also)
        and wish.intent not in SMALL_TALK
        and wish.intent not in {OUT_OF_SCOPE, HAZARD}
    ]
