"""Make the local engine's model file from nlu/data; seeded, so that it can be made again."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from nlu import features
from nlu.intents import INTENTS
from nlu.local import MODEL
from nlu.normalise import normalise
from nlu.scorer import Model
from nlu.training import augment, data, matrix

SEED = 20
FOLDS = 3
_STRENGTH = 0.5  # inverse regularisation of the support vector machine, chosen on dev
_NEVER = -30.0


@dataclass(frozen=True, slots=True)
class Trained:
    """A model and what its making was like."""

    model: Model
    examples: int
    rows: int
    seconds: float
    accuracy: float  # of the folds, on texts that were left out

    def __str__(self) -> str:
        return (
            f"{self.examples} examples ({self.rows} rows), {len(self.model.idf)} features, "
            f"left-out accuracy {self.accuracy:.3f}, {self.seconds:.0f} s"
        )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Texts as features, the variants of an example after it."""

    blocks: Sequence[tuple[Sequence[str], ...]]
    labels: Any
    sources: Any  # the number of the example each row was made of
    weights: Any


def train(folder: Path = data.DATA, path: Path = MODEL, *, seed: int = SEED) -> Trained:
    """Train on a folder of examples and write the model file."""
    trained = fit(data.load(folder), fingerprint=data.fingerprint(folder), seed=seed)
    trained.model.save(path)
    return trained


def fit(examples: Sequence[data.Example], *, fingerprint: str, seed: int = SEED) -> Trained:
    """Weights of all examples, with a temperature found on folds left out."""
    started = time.perf_counter()
    cut, sounds = features.tokenizer(), features.sound_table()
    rows = _rows(examples, cut, sounds, seed)
    originals = [rows.blocks[int(i)] for i in np.flatnonzero(rows.weights == 1)]
    vectoriser = matrix.fit(originals)
    x = vectoriser.matrix(rows.blocks)
    temperature, accuracy = _calibrate(x, rows, seed)
    weights, bias = _weights(x, rows.labels, rows.weights, seed)
    model = Model(
        intents=INTENTS, vocabularies=vectoriser.vocabularies, idf=vectoriser.idf,
        weights=weights, bias=bias, temperature=temperature, sounds=sounds,
        data=fingerprint, code=features.code_version(), seed=seed,
    )  # fmt: skip
    seconds = time.perf_counter() - started
    return Trained(model, len(examples), len(rows.blocks), seconds, accuracy)


def _rows(
    examples: Sequence[data.Example], cut: features.Cut, sounds: features.Table, seed: int
) -> _Rows:
    chance = random.Random(seed)  # noqa: S311 - noise, not secrets
    texts = [normalise(example.text) for example in examples]
    same = augment.homophones(texts, sounds)
    blocks, labels, sources, weights = [], [], [], []
    for number, (text, example) in enumerate(zip(texts, examples, strict=True)):
        label = INTENTS.index(example.intent)
        copies = [normalise(copy) for copy in augment.variants(text, same, chance)]
        for copy in [text, *copies]:
            blocks.append(
                tuple(sorted(set(block)) for block in features.extract(copy, cut, sounds))
            )
            labels.append(label)
            sources.append(number)
            weights.append(1.0 if copy is text else 0.5)
    return _Rows(blocks, np.array(labels), np.array(sources), np.array(weights))


def _weights(x: Any, labels: Any, weights: Any, seed: int) -> tuple[Any, Any]:
    """One matrix over all intents; an intent that has no example gets no chance."""
    from sklearn.svm import LinearSVC
    from sklearn.utils.class_weight import compute_sample_weight

    # The root: a rare intent is not drowned, nor does it shout.
    balanced = weights * np.sqrt(compute_sample_weight("balanced", labels))
    classifier = LinearSVC(C=_STRENGTH, random_state=seed).fit(x, labels, sample_weight=balanced)
    columns = np.zeros((x.shape[1], len(INTENTS)), np.float32)
    bias = np.full(len(INTENTS), _NEVER, np.float32)
    columns[:, classifier.classes_] = classifier.coef_.T
    bias[classifier.classes_] = classifier.intercept_
    return columns.astype(np.float16).astype(np.float32), bias


def _calibrate(x: Any, rows: _Rows, seed: int) -> tuple[float, float]:
    """The temperature under which left-out texts are as often right as the model is sure."""
    fold = np.random.default_rng(seed).integers(0, FOLDS, rows.sources.max() + 1)[rows.sources]
    scores, truth = [], []
    for number in range(FOLDS):
        inside = fold != number
        outside = ~inside & (rows.weights == 1)
        weights, bias = _weights(x[inside], rows.labels[inside], rows.weights[inside], seed)
        scores.append(x[outside] @ weights + bias)
        truth.append(rows.labels[outside])
    logits, labels = np.concatenate(scores), np.concatenate(truth)

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        peak = scaled.max(axis=1)
        total = np.log(np.exp(scaled - peak[:, None]).sum(axis=1)) + peak
        return float((total - scaled[np.arange(len(labels)), labels]).mean())

    found = minimize_scalar(loss, bounds=(0.05, 5.0), method="bounded")
    return float(found.x), float((logits.argmax(axis=1) == labels).mean())
