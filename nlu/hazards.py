"""Danger in a text, by rule and before any model; the words stand in hazards.toml."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from nlu.normalise import Aligned, align
from nlu.sieve import Sieve
from nlu.understanding import Hazard

# Every kind that is not named here is the station's own danger.
INTENT_OF_KIND: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "contact", "fire", "explosion", "sparks", "wire_down", "water", "smell",
                "overvoltage", "structure", "other",
            ),
            "report_hazard",
        ),
        "life_support": "report_outage",
        "stuck_lift": "report_outage",
        "gas": "out_of_scope",
    }
)  # fmt: skip
_BLANK = "□"
_GAPS = (("~~", r"[^。!?;]{0,30}"), ("~", r"[^。!?;]{0,12}"))


@dataclass(frozen=True, slots=True)
class _Danger:
    kind: str
    unless: tuple[re.Pattern[str], ...]
    is_p0: bool
    p0_if: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class _Rules:
    slips: tuple[tuple[str, str], ...]
    set_aside: Sieve
    dismissed: Sieve  # those of them that are more than an everyday word
    ended: Sieve
    still: Sieve
    lesson: Sieve
    asked: Sieve
    present: Sieve
    theft: Sieve
    theft_with_danger: Sieve
    dangers: tuple[_Danger, ...]
    told: Sieve  # the patterns of all dangers in their order
    danger_of: tuple[int, ...]  # for each of them the danger it tells of


def detect(text: str) -> Hazard | None:
    """The worst danger told in a text, or None. Kinds map to intents by `INTENT_OF_KIND`."""
    aligned = align(text)
    rules = _rules()
    told = aligned.text
    for slip, word in rules.slips:
        told = told.replace(slip, word)
    for number in rules.set_aside.sift(told):
        told = rules.set_aside.patterns[number].sub(_blanked, told)
    if rules.lesson.matches(aligned.text) or _is_over(told, rules) or _is_question(told, rules):
        return None
    found = _found(told, rules)
    if rules.theft.matches(told) and not rules.theft_with_danger.matches(told):
        found = [(danger, spans) for danger, spans in found if danger.kind != "other"]
    if not found:
        return None
    if any(danger.kind == "gas" for danger, _ in found):
        found = _without_gas_fire(found)
    worst = found[0][0]
    return Hazard(
        kind=worst.kind,
        evidence=_evidence(text, aligned, [span for _, spans in found for span in spans]),
        is_p0=any(_is_p0(danger, told) for danger, _ in found),
    )


def undismissed(text: str) -> str:
    """A normalised text less what is denied, told of elsewhere or a figure of speech."""
    told = align(text).text
    dismissed = _rules().dismissed
    for number in dismissed.sift(told):
        told = dismissed.patterns[number].sub("", told)
    return told


def _blanked(match: re.Match[str]) -> str:
    return _BLANK * len(match[0])


def _is_over(told: str, rules: _Rules) -> bool:
    return rules.ended.matches(told) and not rules.still.matches(told)


def _is_question(told: str, rules: _Rules) -> bool:
    """Knowledge or permission is asked, and nothing is told to be going on."""
    return rules.asked.matches(told) and not rules.present.matches(told)


def _found(told: str, rules: _Rules) -> "Found":
    """The dangers told, the worst first, each with where its words stand."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for number in rules.told.sift(told):
        match = rules.told.patterns[number].search(told)
        if match is not None:
            spans.setdefault(rules.danger_of[number], []).append(match.span())
    dangers = ((rules.dangers[number], where) for number, where in spans.items())
    return [each for each in dangers if not any(p.search(told) for p in each[0].unless)]


def _is_p0(danger: _Danger, told: str) -> bool:
    return danger.is_p0 or any(pattern.search(told) for pattern in danger.p0_if)


Found = list[tuple[_Danger, list[tuple[int, int]]]]


def _without_gas_fire(found: Found) -> Found:
    """Gas that burns is the gas company's and the fire brigade's; electric danger stays ours."""
    ours = [item for item in found if item[0].kind not in {"gas", "explosion"}]
    return ours or [item for item in found if item[0].kind == "gas"]


def _evidence(text: str, aligned: Aligned, spans: list[tuple[int, int]]) -> tuple[str, ...]:
    """The words as the resident wrote them, each once."""
    written = (aligned.span(start, end) for start, end in sorted(spans))
    return tuple(dict.fromkeys(text[start:end] for start, end in written))


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    source = resources.files("nlu").joinpath("hazards.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)
    words = {name: "(?:" + "|".join(terms) + ")" for name, terms in table["words"].items()}
    set_aside = table["set_aside"]
    everyday = set_aside.pop("names")
    told_apart = [pattern for patterns in set_aside.values() for pattern in patterns]
    dangers = table["danger"]
    over = {name: Sieve.of(_compiled(rows, words)) for name, rows in table["over"].items()}
    return _Rules(
        slips=tuple(table["slips"].items()),
        set_aside=Sieve.of(_compiled([*everyday, *told_apart], words)),
        dismissed=Sieve.of(_compiled(told_apart, words)),
        dangers=tuple(_danger(row, words) for row in dangers),
        told=Sieve.of(p for row in dangers for p in _compiled(row["patterns"], words)),
        danger_of=tuple(number for number, row in enumerate(dangers) for _ in row["patterns"]),
        **over,
    )


def _danger(row: Mapping[str, Any], words: Mapping[str, str]) -> _Danger:
    return _Danger(
        kind=row["kind"],
        unless=_compiled(row.get("unless", []), words),
        is_p0=row["p0"],
        p0_if=_compiled(row.get("p0_if", []), words),
    )


def _compiled(patterns: list[str], words: Mapping[str, str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_expanded(pattern, words)) for pattern in patterns)


def _expanded(pattern: str, words: Mapping[str, str]) -> str:
    for name, alternatives in words.items():
        pattern = pattern.replace("{" + name + "}", alternatives)
    for short, gap in _GAPS:
        pattern = pattern.replace(short, gap)
    return pattern
