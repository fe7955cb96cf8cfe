"""The trained model as plain arrays, and the arithmetic that turns a text into probabilities."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlu import features
from nlu.intents import OUT_OF_SCOPE

_CHARACTERS = features.BLOCKS.index("chars")
_NEVER = np.float32(-30.0)

Array = npt.NDArray[np.float32]


class ModelError(Exception):
    """The model file is missing, broken, or was made of other data or by other code."""


@dataclass(frozen=True, slots=True)
class Model:
    """Linear weights over the blocks of features; one row a feature, one column an intent."""

    intents: tuple[str, ...]
    vocabularies: tuple[dict[str, int], ...]  # of each block, to rows of `weights`
    idf: Array
    weights: Array
    bias: Array
    temperature: float
    sounds: dict[int, str]
    data: str
    code: str
    seed: int

    def save(self, path: Path) -> None:
        header = {
            "intents": self.intents, "temperature": self.temperature, "data": self.data,
            "code": self.code, "seed": self.seed,
            "vocabularies": ["\n".join(block) for block in self.vocabularies],
        }  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                header=np.frombuffer(json.dumps(header, ensure_ascii=False).encode(), np.uint8),
                sounds=np.array([(code, ord(to)) for code, to in self.sounds.items()], np.uint32),
                idf=self.idf.astype(np.float16),
                weights=self.weights.astype(np.float16),
                bias=self.bias,
            )


def load(path: Path) -> Model:
    """Read a model file; raises ModelError with what to do."""
    if not path.exists():
        raise ModelError(f"no model at {path}: run `gridbot nlu train`")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return _from(arrays)
    except (ValueError, KeyError, OSError, EOFError) as error:
        raise ModelError(f"{path} cannot be read ({error}): run `gridbot nlu train`") from error


def _from(arrays: Any) -> Model:
    header = json.loads(arrays["header"].tobytes())
    vocabularies, row = [], 0
    for block in header["vocabularies"]:
        names = block.split("\n")
        vocabularies.append(dict(zip(names, range(row, row + len(names)), strict=True)))
        row += len(names)
    return Model(
        intents=tuple(header["intents"]),
        vocabularies=tuple(vocabularies),
        idf=arrays["idf"].astype(np.float32),
        weights=arrays["weights"].astype(np.float32),
        bias=arrays["bias"],
        temperature=header["temperature"],
        sounds={int(code): chr(to) for code, to in arrays["sounds"]},
        data=header["data"],
        code=header["code"],
        seed=header["seed"],
    )


class Scorer:
    """Texts to logits; holds nothing that changes, so threads may share it."""

    def __init__(self, model: Model, cut: features.Cut) -> None:
        self.model = model
        self._cut = cut
        self._nothing = np.where(np.array(model.intents) == OUT_OF_SCOPE, 0, _NEVER)

    def logits(self, text: str) -> Array:
        """One number for each intent, calibrated; `text` is normalised."""
        if not any(map(self.model.vocabularies[_CHARACTERS].__contains__, text)):
            return self._nothing  # no character of it was ever seen
        model = self.model
        rows: list[int] = []
        ends: list[int] = []
        blocks = features.extract(text, self._cut, model.sounds)
        for vocabulary, block in zip(model.vocabularies, blocks, strict=True):
            known = set(map(vocabulary.get, block))
            known.discard(None)
            rows += known  # type: ignore[arg-type]  # None was just discarded
            ends.append(len(rows))
        index = np.array(rows)
        values = model.idf[index]
        start = 0
        for end, weight in zip(ends, features.WEIGHTS, strict=True):
            part = values[start:end]
            part *= weight / (np.sqrt(part @ part) or 1)
            start = end
        total: Array = (values @ model.weights[index] + model.bias) / model.temperature
        return total

    def probabilities(self, text: str) -> Array:
        return softmax(self.logits(text))


def softmax(logits: Array) -> Array:
    exponents = np.exp(logits - logits.max())
    result: Array = exponents / exponents.sum()
    return result
