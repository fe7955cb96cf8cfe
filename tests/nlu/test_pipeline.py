"""How a rule's danger and the model's scores are weighed against each other."""

from dataclasses import replace

import numpy as np
import pytest

from nlu import calibration, pipeline
from nlu.intents import HAZARD, INTENTS

LIMITS = replace(
    calibration.load("local"),
    also=0.9,
    hazard_alone=0.4,
    hazard_with_rule=0.01,
    hazard_against_wish=0.1,
)


def said(text, **scores):
    """What is answered where the model gives these scores to the text."""
    row = np.zeros(len(INTENTS), np.float32)
    for intent, score in scores.items():
        row[INTENTS.index(intent)] = score
    return pipeline.decide(pipeline.read(text, lambda _: row), LIMITS)[0].intent


@pytest.mark.parametrize(
    ("scores", "answer"),
    [
        ({"report_fault": 0.9, HAZARD: 0.05}, HAZARD),
        ({"report_fault": 0.99, HAZARD: 0.001}, "report_fault"),
        ({"rate_service": 0.93, HAZARD: 0.05}, "rate_service"),
        ({"rate_service": 0.85, HAZARD: 0.05}, HAZARD),
        ({"rate_service": 0.9, HAZARD: 0.1}, HAZARD),
    ],
)
def test_a_rule_needs_more_of_the_model_where_that_is_sure_of_another_wish(scores, answer):
    assert said("插座冒火花", **scores) == answer


@pytest.mark.parametrize(("likely", "answer"), [(0.41, HAZARD), (0.39, "report_fault")])
def test_the_model_alone_sees_danger_from_its_threshold_on(likely, answer):
    assert said("说不清楚哪里不对", report_fault=0.5, **{HAZARD: likely}) == answer
