"""The communities of the sample city as the gazetteer takes them."""

import csv
from functools import lru_cache
from pathlib import Path

from nlu import places
from nlu.understanding import Place

_FILE = Path(__file__).parent.parent / "fixtures" / "nlu" / "communities.csv"


def sample_places() -> list[Place]:
    with _FILE.open(encoding="utf-8") as rows:
        return [
            Place(
                row["community_code"],
                row["name"],
                tuple(alias for alias in row["aliases"].split(";") if alias),
                row["kind"],
            )
            for row in csv.DictReader(rows)
        ]


@lru_cache(maxsize=1)
def sample_gazetteer() -> places.Gazetteer:
    return places.build(sample_places())
