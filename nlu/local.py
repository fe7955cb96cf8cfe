"""The engine inside the process: a linear model over words, characters and sounds."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from nlu import calibration, features, hazards, scorer
from nlu.intents import INTENTS
from nlu.pipeline import Pipeline
from nlu.scorer import ModelError
from nlu.training import data
from nlu.understanding import Gazetteer, Understanding

MODEL = Path(__file__).parent / "model" / "local.npz"


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Thread-safe; answers in well under a millisecond."""

    pipeline: Pipeline
    name: str = "local"

    def understand(self, text: str, *, at: datetime, gazetteer: Gazetteer) -> Understanding:
        return self.pipeline.understand(text, at=at, gazetteer=gazetteer)


def load(path: Path = MODEL, *, examples: Path = data.DATA) -> LocalEngine:
    """The engine of a model file; ModelError where it is missing, broken or out of date."""
    model = scorer.load(path)
    if model.code != features.code_version() or model.intents != INTENTS:
        raise ModelError(f"{path} was made by other code: run `gridbot nlu train`")
    if model.data != data.fingerprint(examples):
        raise ModelError(f"{path} was made of other examples: run `gridbot nlu train`")
    hazards.detect("")  # reads the rules, so that no resident waits for them
    return engine(model)


@lru_cache(maxsize=1)
def tokenizer() -> features.Cut:
    """The one jieba of the process: its dictionary is large and slow to read."""
    return features.tokenizer()


def engine(model: scorer.Model, limits: calibration.Thresholds | None = None) -> LocalEngine:
    """The engine of a model in memory, as a challenger is."""
    scores = scorer.Scorer(model, tokenizer())
    limits = limits or calibration.load("local")
    return LocalEngine(Pipeline("local", scores.probabilities, limits))
