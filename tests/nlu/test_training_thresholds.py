"""Thresholds come out of labelled lines, the same ones each time."""

import numpy as np

from nlu import calibration
from nlu.intents import INTENTS
from nlu.training import thresholds
from nlu.training.evaluate import Line


def score(text):
    """A model that is sure of the intent the text names, and unsure of all else."""
    scores = np.full(len(INTENTS), 0.01, np.float32)
    if text in INTENTS:
        scores[INTENTS.index(text)] = 0.6
    else:
        scores[INTENTS.index("greet")] = 0.3
    return scores


LINES = [
    *(Line(intent, intent) for intent in ("greet", "deny", "pay_bill", "report_hazard")),
    *(Line(f"...{number}", "out_of_scope") for number in range(4)),
]


def test_what_is_unsure_and_wrong_falls_under_the_fallback():
    chosen = thresholds.choose(LINES, score)
    assert 0.3 < chosen.fallback <= 0.6
    assert chosen.handover <= chosen.fallback <= chosen.act


def test_the_choice_is_the_same_each_time():
    assert thresholds.choose(LINES, score) == thresholds.choose(LINES, score)


def test_writing_one_engines_thresholds_leaves_the_other_and_the_comments(tmp_path):
    path = tmp_path / "calibration.toml"
    path.write_text(calibration.CALIBRATION.read_text(encoding="utf-8"), encoding="utf-8")
    rasa = calibration.load("rasa", path)
    chosen = thresholds.choose(LINES, score)
    thresholds.write("local", chosen, path)
    assert calibration.load("local", path) == chosen
    assert calibration.load("rasa", path) == rasa
    assert path.read_text(encoding="utf-8").startswith("#")
