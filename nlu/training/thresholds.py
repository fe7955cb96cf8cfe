"""Choose nlu/calibration.toml on the dev half of the evaluation files; reproducible."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

from nlu import local, pipeline, rasa
from nlu.calibration import CALIBRATION, Thresholds
from nlu.intents import HAZARD, INTENTS, OUT_OF_SCOPE
from nlu.training import evaluate, sample
from nlu.training.evaluate import Line
from nlu.understanding import Gazetteer

_STEPS = tuple(round(0.02 * step, 2) for step in range(4, 31))
_ALONE = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_WITH_RULE = (0.0, 0.003, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2)
_NEARLY = 0.005  # of two thresholds about as good, the one that sees more danger
PRECISION = 0.98  # of what is acted on without asking
# Set by hand, too few dev lines tell: of 1,814 unseen lines (311 dangers) 0.01 found no danger that 0.1
# missed, and raised two more false alarms (docs/nlu.md).
AGAINST_WISH = 0.1
ALSO = 0.9  # no line labels a second wish; read on dev: under it stories become tickets
_HELPFUL = 0.5  # the best three guesses hold the wish at least this often
_GUESSES = 3
_PATIENCE = 30.0  # seconds for one text: here the model is judged, not the machine
# A danger missed is worse than a false alarm; a resident who is asked again, than neither.
_MISSED_DANGER = 5.0
_FALSE_DANGER = 1.0


@dataclass(frozen=True, slots=True)
class _Judged:
    """A dev line and how the engine read it, before any threshold."""

    line: Line
    reading: pipeline.Reading


def choose(
    lines: Sequence[Line], score: pipeline.Score, gazetteer: Gazetteer | None = None
) -> Thresholds:
    """The thresholds under which the dev lines come out best."""
    judged = [_Judged(line, pipeline.read(line.text, score, gazetteer)) for line in lines]
    start = Thresholds(
        fallback=0.2, act=0.6, handover=0.1, also=ALSO, hazard_alone=0.5, hazard_with_rule=0.0,
        hazard_against_wish=AGAINST_WISH,
    )  # fmt: skip
    danger = _danger(judged, start)
    best = max(
        (replace(danger, fallback=step) for step in _STEPS),
        key=lambda limits: _worth(judged, limits),
    )
    return replace(best, act=_act(judged, best), handover=_handover(judged, best))


def _danger(judged: Sequence[_Judged], start: Thresholds) -> Thresholds:
    tried = [
        replace(start, hazard_alone=alone, hazard_with_rule=rule)
        for alone, rule in product(_ALONE, _WITH_RULE)
    ]
    worth = [_worth(judged, limits) for limits in tried]
    enough = max(worth) - _NEARLY
    return next(limits for limits, each in zip(tried, worth, strict=True) if each >= enough)


def _worth(judged: Sequence[_Judged], limits: Thresholds) -> float:
    """Accuracy plus macro recall, less what dangers cost."""
    hits: dict[str, list[bool]] = {}
    cost = 0.0
    for each in judged:
        said = pipeline.decide(each.reading, limits)[0].intent
        right = said in {each.line.intent} | each.line.also
        hits.setdefault(each.line.intent, []).append(right)
        if not right and each.line.intent == HAZARD:
            cost += _MISSED_DANGER
        elif not right and said == HAZARD:
            cost += _FALSE_DANGER
    total = sum(sum(each) for each in hits.values()) / len(judged)
    macro = sum(sum(each) / len(each) for each in hits.values()) / len(hits)
    return total + macro - cost / len(judged)


def _act(judged: Sequence[_Judged], limits: Thresholds) -> float:
    """The least confidence from which on PRECISION of the answers are right."""
    answers = []
    for each in judged:
        main = pipeline.decide(each.reading, limits)[0]
        if main.intent != OUT_OF_SCOPE:
            answers.append((main.confidence, main.intent in {each.line.intent} | each.line.also))
    answers.sort(reverse=True)
    right = np.cumsum([hit for _, hit in answers]) / np.arange(1, len(answers) + 1)
    good = np.flatnonzero(right >= PRECISION)
    least = answers[int(good[-1])][0] if len(good) else 1.0
    return max(float(np.ceil(least * 50) / 50), limits.fallback)


def _handover(judged: Sequence[_Judged], limits: Thresholds) -> float:
    """The confidence under which the best guesses seldom hold what was meant."""
    for step in reversed(_STEPS):
        under = [each for each in judged if each.reading.whole.max() < step]
        helped = [each for each in under if _is_guessed(each)]
        if step <= limits.fallback and under and len(helped) < _HELPFUL * len(under):
            return step
    return min(_STEPS[0], limits.fallback)


def _is_guessed(each: _Judged) -> bool:
    best = np.argsort(-each.reading.whole)[:_GUESSES]
    return bool({INTENTS[index] for index in best} & ({each.line.intent} | each.line.also))


def write(engine: str, limits: Thresholds, path: Path = CALIBRATION) -> None:
    """Replace one engine's table; the comments and the other tables stay."""
    before, marker, after = path.read_text(encoding="utf-8").partition(f"[{engine}]\n")
    rest = after[after.index("\n[") :] if "\n[" in after else ""
    table = "".join(f"{name} = {value}\n" for name, value in asdict(limits).items())
    path.write_text(before + marker + table + rest, encoding="utf-8")


def main() -> None:
    """`python -m nlu.training.thresholds [local|rasa]`: choose an engine's thresholds again.

    For rasa its server runs: GRIDBOT_RASA_URL and GRIDBOT_RASA_TOKEN say where.
    """
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("engine", nargs="?", choices=("local", "rasa"), default="local")
    engine = parser.parse_args().engine
    lines = [
        line
        for path in sorted(sample.EVALUATION.glob("*.jsonl"))
        for line in evaluate.load(path, split="dev")
    ]
    chosen = choose(lines, _score(engine), sample.gazetteer())
    write(engine, chosen)
    print(chosen)  # noqa: T201


def _score(engine: str) -> pipeline.Score:
    if engine == "local":
        return local.load().pipeline.score
    server = rasa.connect(os.environ["GRIDBOT_RASA_URL"], os.environ["GRIDBOT_RASA_TOKEN"]).server
    return lambda text: server.parse(text, _PATIENCE)


if __name__ == "__main__":
    main()
