"""Train a challenger with more examples; it replaces the champion only where no gate is worse."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlu import local
from nlu.training import data, train
from nlu.training.evaluate import Line, Report, evaluate
from nlu.understanding import Engine, Gazetteer

SLACK = 0.002  # a macro-F1 may fall by chance
FIGURES = {"accuracy": 1, "macro_f1": 1, "hazard_recall": 1, "hazard_false_rate": -1,
           "out_of_scope_recall": 1}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gate:
    """One figure of one set of lines, before and after."""

    lines: str
    figure: str
    champion: float
    challenger: float
    is_passed: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every gate; `is_better` when all hold and something rose."""

    gates: tuple[Gate, ...]
    replaced: bool

    @property
    def failed(self) -> tuple[Gate, ...]:
        return tuple(gate for gate in self.gates if not gate.is_passed)


def challenge(
    extra: str,
    sets: Mapping[str, Sequence[Line]],
    champion: Engine,
    gazetteer: Gazetteer,
    *,
    folder: Path = data.DATA,
    model: Path = local.MODEL,
) -> Verdict:
    """Judge a model with the `extra` examples (YAML as in nlu/data) against the champion.

    The winner's examples are kept in `folder`, so that the next training has them too.
    """
    more = data.parse(extra, name="extra")
    trained = train.fit(data.merge((*data.load(folder), *more)), fingerprint="challenger")
    gates = _gates(sets, champion, local.engine(trained.model), gazetteer)
    if all(gate.is_passed for gate in gates) and any(g.challenger != g.champion for g in gates):
        _keep(extra, folder)
        train.train(folder, model)
        return Verdict(gates, replaced=True)
    return Verdict(gates, replaced=False)


def _gates(
    sets: Mapping[str, Sequence[Line]], champion: Engine, challenger: Engine, gazetteer: Gazetteer
) -> tuple[Gate, ...]:
    gates: list[Gate] = []
    for name, lines in sets.items():
        before = evaluate(lines, champion, gazetteer)
        after = evaluate(lines, challenger, gazetteer)
        gates.extend(_compare(name, before, after))
    return tuple(gates)


def _compare(name: str, before: Report, after: Report) -> list[Gate]:
    gates: list[Gate] = []
    for figure, direction in FIGURES.items():
        old, new = getattr(before, figure), getattr(after, figure)
        if old is None or new is None:
            continue
        # Of danger nothing is given away, not even by chance.
        slack = 0.0 if figure.startswith("hazard") else SLACK
        gates.append(Gate(name, figure, old, new, direction * (new - old) >= -slack))
    return gates


def _keep(extra: str, folder: Path) -> None:
    digest = hashlib.sha256(extra.encode()).hexdigest()[:12]
    (folder / f"extra_{digest}.yml").write_text(extra, encoding="utf-8")
