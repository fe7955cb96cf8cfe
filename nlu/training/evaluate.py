"""Judge an engine by labelled lines: the figures that NLU.md names, as a resident meets them."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from nlu.intents import HAZARD, INTENTS, OUT_OF_SCOPE
from nlu.understanding import Engine, Gazetteer, Understanding

Pair = tuple[str, str]
Clock = Callable[[], datetime]


class LineError(ValueError):
    """An evaluation file is wrong; the message has one line for each mistake."""


@dataclass(frozen=True, slots=True)
class Line:
    """A text and what is right; `entities` is None where they are not scored."""

    text: str
    intent: str
    also: frozenset[str] = frozenset()
    entities: frozenset[Pair] | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    precision: float
    recall: float
    f1: float
    lines: int


@dataclass(frozen=True, slots=True)
class Confusion:
    intent: str
    predicted: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Report:
    """The keys of the JSON answer. A share of nothing is None, not 1."""

    lines: int
    accuracy: float
    macro_f1: float
    hazard_recall: float | None
    hazard_false_rate: float | None
    out_of_scope_recall: float | None
    entity_f1: float | None
    per_intent: dict[str, Figures]
    confusions: tuple[Confusion, ...]
    parses_per_s: float

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)


def load(path: Path, *, split: str | None = None) -> tuple[Line, ...]:
    """The lines of a JSONL file, or those of one split; raises LineError with every mistake."""
    lines: list[Line] = []
    problems: list[str] = []
    # Only a newline ends a line: a text may hold U+2028 or U+0085 as they are.
    for number, raw in enumerate(_read(path).split("\n"), 1):
        if not raw.strip():
            continue
        try:
            fields = json.loads(raw)
            if split is None or fields.get("split") == split:
                lines.append(_line(fields))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(f"{path.name}:{number}: {error!r}")
    if not lines and not problems and split is None:
        problems.append(f"{path.name}: no lines")
    if problems:
        raise LineError("\n".join(problems))
    return tuple(lines)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise LineError(f"{path.name}: not UTF-8; save it as UTF-8") from error


def _line(fields: dict[str, object]) -> Line:
    text, intent, also = fields["text"], fields["intent"], fields.get("also") or []
    if not isinstance(text, str) or not isinstance(also, list):
        raise TypeError("`text` is a string, `also` a list of intents")
    if unknown := {intent, *also} - set(INTENTS):
        raise ValueError(f"unknown intent {', '.join(map(str, unknown))}")
    named, at = fields.get("entities"), fields.get("at")
    if named is not None and not isinstance(named, list):
        raise TypeError("`entities` is a list of entity and value")
    return Line(
        text=text,
        intent=str(intent),
        also=frozenset(also),
        entities=frozenset((e["entity"], e["value"]) for e in named)
        if isinstance(named, list)
        else None,
        at=datetime.fromisoformat(str(at)) if at else None,
    )


def evaluate(
    lines: Sequence[Line], engine: Engine, gazetteer: Gazetteer, *, now: Clock = datetime.now
) -> Report:
    """Understand every line and count. A line without its own time is taken as said now."""
    started = time.perf_counter()
    at = now()
    at = at if at.tzinfo else at.astimezone()
    answers = [
        engine.understand(line.text, at=line.at or at, gazetteer=gazetteer) for line in lines
    ]
    seconds = time.perf_counter() - started
    return report(lines, answers, seconds)


def report(lines: Sequence[Line], answers: Sequence[Understanding], seconds: float) -> Report:
    """The figures of answers already given."""
    truth = [line.intent for line in lines]
    said = [_credited(line, answer) for line, answer in zip(lines, answers, strict=True)]
    per_intent = {
        intent: figures
        for intent in INTENTS
        if (figures := _figures(intent, truth, said)).lines or intent in said
    }
    present = [per_intent[intent].f1 for intent in sorted(set(truth))]
    return Report(
        lines=len(lines),
        accuracy=_share(t == s for t, s in zip(truth, said, strict=True)) or 0.0,
        macro_f1=sum(present) / len(present) if present else 0.0,
        hazard_recall=_share(s == HAZARD for t, s in zip(truth, said, strict=True) if t == HAZARD),
        hazard_false_rate=_share(
            s == HAZARD for t, s in zip(truth, said, strict=True) if t != HAZARD
        ),
        out_of_scope_recall=_share(
            s == OUT_OF_SCOPE for t, s in zip(truth, said, strict=True) if t == OUT_OF_SCOPE
        ),
        entity_f1=_entity_f1(lines, answers),
        per_intent=per_intent,
        confusions=_confusions(lines, said),
        parses_per_s=len(lines) / seconds if seconds else 0.0,
    )


def _credited(line: Line, answer: Understanding) -> str:
    return line.intent if answer.intent in line.also else answer.intent


def _share(hits: Iterable[bool]) -> float | None:
    counted = list(hits)
    return sum(counted) / len(counted) if counted else None


def _figures(intent: str, truth: Sequence[str], said: Sequence[str]) -> Figures:
    lines, found = truth.count(intent), said.count(intent)
    right = sum(t == s == intent for t, s in zip(truth, said, strict=True))
    precision = right / found if found else 0.0
    recall = right / lines if lines else 0.0
    f1 = 2 * right / (lines + found) if lines + found else 0.0
    return Figures(precision, recall, f1, lines)


def _entity_f1(lines: Sequence[Line], answers: Sequence[Understanding]) -> float | None:
    right = wanted = found = 0
    for line, answer in zip(lines, answers, strict=True):
        if line.entities is None:
            continue
        got = {(each.entity, each.value) for each in answer.entities}
        right += len(got & line.entities)
        wanted += len(line.entities)
        found += len(got)
    return 2 * right / (wanted + found) if wanted + found else None


def _confusions(lines: Sequence[Line], said: Sequence[str]) -> tuple[Confusion, ...]:
    """Every wrong pair, most frequent first, with one text of each."""
    pairs: Counter[Pair] = Counter()
    examples: dict[Pair, str] = {}
    for line, intent in zip(lines, said, strict=True):
        if line.intent != intent:
            pairs[line.intent, intent] += 1
            examples.setdefault((line.intent, intent), line.text)
    ordered = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Confusion(*pair, count, examples[pair]) for pair, count in ordered)
