"""Reports and understandings as people read them in a terminal, and as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from nlu import features
from nlu.normalise import normalise
from nlu.training.evaluate import Report
from nlu.understanding import Engine, Gazetteer, Understanding

_WORST = 15
_GOOD, _FAIR = 0.9, 0.75


def table(report: Report) -> RenderableType:
    """The figures, each intent, and what was taken for what."""
    return Group(compare({"": report}), _intents(report), _confusions(report))


def compare(reports: Mapping[str, Report]) -> Table:
    """Several engines side by side."""
    shown = Table(title="NLU", title_justify="left")
    shown.add_column("figure")
    for name in reports:
        shown.add_column(name, justify="right")
    for key in (
        "lines", "accuracy", "macro_f1", "hazard_recall", "hazard_false_rate",
        "out_of_scope_recall", "entity_f1", "parses_per_s",
    ):  # fmt: skip
        shown.add_row(key, *(_number(getattr(report, key)) for report in reports.values()))
    return shown


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if value > 1 or isinstance(value, int) else f"{value:.4f}"


def _intents(report: Report) -> Table:
    shown = Table("intent", "lines", "precision", "recall", "F1")
    for intent, each in sorted(report.per_intent.items(), key=lambda item: item[1].f1):
        colour = "green" if each.f1 >= _GOOD else "yellow" if each.f1 >= _FAIR else "red"
        shown.add_row(
            intent,
            str(each.lines),
            f"{each.precision:.3f}",
            f"{each.recall:.3f}",
            Text(f"{each.f1:.3f}", colour),
        )
    return shown


def _confusions(report: Report) -> Table:
    shown = Table("meant", "taken for", "times", "for example")
    for each in report.confusions[:_WORST]:
        shown.add_row(each.intent, each.predicted, str(each.count), each.example[:40])
    return shown


def parse(text: str, engine: Engine, gazetteer: Gazetteer, *, at: datetime) -> Understanding:
    """What a text is understood to mean, with the words it was cut into."""
    answer = engine.understand(text, at=at, gazetteer=gazetteer)
    return replace(answer, tokens=tuple(features.tokenizer()(normalise(text))))


def understanding(answer: Understanding) -> RenderableType:
    """What was understood and why: tokens, scores, things named, danger, time."""
    wishes = Table("request", "confidence", "words")
    for request in answer.requests:
        wishes.add_row(request.intent, f"{request.confidence:.3f}", request.text[:60])
    ranking = Table("intent", "score")
    for each in answer.ranking:
        ranking.add_row(each.intent, f"{each.score:.3f}")
    things = Table("entity", "value", "span", "as written")
    for entity in answer.entities:
        written = answer.text[entity.start : entity.end]
        things.add_row(entity.entity, entity.value, f"{entity.start}–{entity.end}", written)
    danger = Text("no danger found", "green")
    if answer.hazard is not None:
        words = "、".join(answer.hazard.evidence) or "the model's vote"
        danger = Text(f"danger: {answer.hazard.kind} ({words})", "bold red")
        danger.append(" P0" if answer.hazard.is_p0 else "")
    tokens = Text(" / ".join(answer.tokens), "cyan")
    timing = Text(f"{answer.engine}, {answer.milliseconds:.2f} ms", "dim")
    return Group(tokens, danger, wishes, ranking, things, timing)


def understanding_json(answer: Understanding) -> str:
    fields = asdict(answer) | {"intent": answer.intent, "confidence": answer.confidence}
    return json.dumps(fields, ensure_ascii=False, indent=2)
