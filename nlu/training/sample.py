"""The evaluation files, and the places of the sample city that they speak of."""

import csv
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from nlu import places
from nlu.understanding import Gazetteer, Place

EVALUATION = Path(__file__).parent.parent / "evaluation"
_COMMUNITIES = Path(__file__).parents[2] / "bot" / "simulator" / "sample-city" / "communities.csv"


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The gazetteer of the sample city, as an import of its registry would make it."""
    return places.build(_places())


def _places() -> Iterator[Place]:
    with _COMMUNITIES.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            aliases = tuple(alias for alias in row["aliases"].split(";") if alias)
            yield Place(row["community_code"], row["name"], aliases, row["kind"])
