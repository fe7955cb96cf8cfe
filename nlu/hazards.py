"""Danger in a text, by rule and before any model; the words stand in hazards.toml."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import accumulate
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


@dataclass(frozen=True, slots=True, eq=False)
class _Danger:
    kind: str
    unless: tuple[re.Pattern[str], ...]
    is_p0: bool
    p0_if: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class _Rules:
    """All patterns in one sieve; `parts` are the numbers of those of one purpose, in order."""

    slips: tuple[tuple[str, str], ...]
    felt: tuple[re.Pattern[str], ...]
    sieve: Sieve
    parts: Mapping[str, range]
    danger_of: Mapping[int, _Danger]  # what a pattern of the part "danger" tells of

    def likely(self, text: str) -> "_Likely":
        return _Likely(self, tuple(self.sieve.sift(text)))


@dataclass(frozen=True, slots=True)
class _Likely:
    """The rules that may match a text."""

    rules: _Rules
    numbers: tuple[int, ...]

    def of(self, part: str) -> Iterator[tuple[int, re.Pattern[str]]]:
        meant, patterns = self.rules.parts[part], self.rules.sieve.patterns
        return ((number, patterns[number]) for number in self.numbers if number in meant)

    def says(self, part: str, told: str) -> bool:
        return any(pattern.search(told) for _, pattern in self.of(part))


def detect(text: str) -> Hazard | None:
    """The worst danger told in a text, or None. Kinds map to intents by `INTENT_OF_KIND`."""
    aligned = align(text)
    rules = _rules()
    told = aligned.text
    for slip, word in rules.slips:
        told = told.replace(slip, word)
    told = _felt(told, rules)
    likely = rules.likely(aligned.text + told)
    for _, pattern in likely.of("set_aside"):
        told = pattern.sub(_blanked, told)
    if likely.says("lesson", aligned.text) or _is_over(told, likely) or _is_question(told, likely):
        return None
    found = _found(told, likely)
    if likely.says("theft", told) and not likely.says("theft_with_danger", told):
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
    """A normalised text less what is denied, told of elsewhere or a figure of speech.

    Nothing is left of what is told to be over.
    """
    rules = _rules()
    told = _felt(align(text).text, rules)
    likely = rules.likely(told)
    if _is_over(told, likely):
        return ""
    for _, pattern in likely.of("dismissed"):
        told = pattern.sub("", told)
    return told


def _felt(told: str, rules: _Rules) -> str:
    """A text in which a shock felt on a thing that is named is told without 「像」 and 「一样」."""
    for pattern in rules.felt:
        told = pattern.sub(_without_likeness, told)
    return told


def _without_likeness(match: re.Match[str]) -> str:
    start, end = (place - match.start() for place in match.span("like"))
    shock = match["shock"].ljust(end - start, _BLANK)
    return f"{match[0][:start]}{shock}{match[0][end:]}"


def _blanked(match: re.Match[str]) -> str:
    return _BLANK * len(match[0])


def _is_over(told: str, likely: _Likely) -> bool:
    return likely.says("ended", told) and not likely.says("still", told)


def _is_question(told: str, likely: _Likely) -> bool:
    """Knowledge or permission is asked, and nothing is told to be going on."""
    return likely.says("asked", told) and not likely.says("present", told)


def _found(told: str, likely: _Likely) -> "Found":
    """The dangers told, the worst first, each with where its words stand."""
    spans: dict[_Danger, list[tuple[int, int]]] = {}
    for number, pattern in likely.of("danger"):
        match = pattern.search(told)
        if match is not None:
            spans.setdefault(likely.rules.danger_of[number], []).append(match.span())
    return [
        (danger, where)
        for danger, where in spans.items()
        if not any(pattern.search(told) for pattern in danger.unless)
    ]


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
    dangers = [_danger(row, words) for row in table["danger"]]
    told = [
        (pattern, danger)
        for danger, row in zip(dangers, table["danger"], strict=True)
        for pattern in row["patterns"]
    ]
    rows = {"everyday": everyday, "dismissed": told_apart, "danger": [p for p, _ in told]}
    rows |= table["over"]
    parts = _numbered(rows)
    return _Rules(
        slips=tuple(table["slips"].items()),
        felt=_compiled(table["felt"]["shock"], words),
        sieve=Sieve.of(_compiled([pattern for part in rows.values() for pattern in part], words)),
        parts={**parts, "set_aside": range(parts["dismissed"].stop)},
        danger_of=dict(zip(parts["danger"], (danger for _, danger in told), strict=True)),
    )


def _numbered(rows: Mapping[str, Sequence[str]]) -> dict[str, range]:
    ends = list(accumulate(map(len, rows.values()), initial=0))
    return {part: range(*ends[place : place + 2]) for place, part in enumerate(rows)}


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
