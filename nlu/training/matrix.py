"""Texts to a sparse matrix: the same arithmetic as nlu/scorer.py, many rows at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from nlu import features

RARELY = 2  # a feature seen in fewer texts says nothing about the next one


@dataclass(frozen=True, slots=True)
class Vectoriser:
    """The features that are kept, and what each weighs."""

    vocabularies: tuple[dict[str, int], ...]
    idf: Any

    def matrix(self, rows: Sequence[Sequence[Sequence[str]]]) -> Any:
        """A CSR matrix of the rows that `features.extract` gave, each block of length one."""
        indices: list[Any] = []
        values: list[Any] = []
        pointers = [0]
        for row in rows:
            for vocabulary, block, weight in zip(
                self.vocabularies, row, features.WEIGHTS, strict=True
            ):
                index = np.array(sorted(vocabulary[f] for f in block if f in vocabulary), np.int64)
                part = self.idf[index]
                indices.append(index)
                values.append(part * weight / (np.sqrt(part @ part) or 1))
            pointers.append(pointers[-1] + sum(len(each) for each in indices[-len(row) :]))
        data = np.concatenate(values).astype(np.float32)
        shape = (len(rows), len(self.idf))
        return csr_matrix((data, np.concatenate(indices), np.array(pointers)), shape=shape)


def fit(rows: Sequence[Sequence[Sequence[str]]]) -> Vectoriser:
    """Count the features of the original texts; rows and columns are in a stable order."""
    vocabularies: list[dict[str, int]] = []
    weights: list[float] = []
    for block in range(len(features.BLOCKS)):
        seen = Counter(name for row in rows for name in row[block])
        kept = sorted(name for name, times in seen.items() if times >= RARELY and "\n" not in name)
        vocabularies.append({name: len(weights) + number for number, name in enumerate(kept)})
        weights.extend(float(np.log((1 + len(rows)) / (1 + seen[name])) + 1) for name in kept)
    idf = np.array(weights, np.float32).astype(np.float16).astype(np.float32)
    return Vectoriser(tuple(vocabularies), idf)
