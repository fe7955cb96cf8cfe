"""What the tests of both engines share: a small model, places, a moment."""

from datetime import datetime
from functools import lru_cache

from nlu import local, places
from nlu.training import data, train
from nlu.understanding import Place

AT = datetime.fromisoformat("2026-11-26T10:00:00+08:00")
PLACES = (Place("C001", "锦绣花园", ("锦绣",), "estate"), Place("C002", "向阳村", (), "village"))
EACH = 40  # examples of each intent: enough for plain sentences, quick to train


@lru_cache(maxsize=1)
def gazetteer():
    return places.build(PLACES)


@lru_cache(maxsize=1)
def few_examples():
    taken = {}
    for example in data.load():
        taken.setdefault(example.intent, []).append(example)
    return tuple(example for each in taken.values() for example in each[:EACH])


@lru_cache(maxsize=1)
def small_model():
    return train.fit(few_examples(), fingerprint="few").model


@lru_cache(maxsize=1)
def small_engine():
    return local.engine(small_model())


def understand(engine, text):
    return engine.understand(text, at=AT, gazetteer=gazetteer())
