"""The figures of the model at hand stay near those in docs/nlu.md."""

import pytest

from nlu import local
from nlu.training import evaluate, sample

FILES = (
    "real_manner", "imagined", "hazards", "entities", "probe_hazards", "probe_fresh", "probe_held",
    "probe_last", "probe_entities", "probe_blind",
)  # fmt: skip
NEAR = 0.03  # below the published figures


@pytest.fixture(scope="module")
def report():
    engine = local.load()  # a missing or old model fails here and says `gridbot nlu train`
    lines = [line for name in FILES for line in evaluate.load(sample.EVALUATION / f"{name}.jsonl")]
    return evaluate.evaluate(lines, engine, sample.gazetteer())


@pytest.mark.parametrize(
    ("figure", "published"),
    [
        ("accuracy", 0.961),
        ("macro_f1", 0.964),
        ("hazard_recall", 0.991),
        ("out_of_scope_recall", 0.904),
        ("entity_f1", 0.990),
    ],
)
def test_the_model_is_about_as_good_as_published(report, figure, published):
    assert getattr(report, figure) >= published - NEAR


def test_false_dangers_stay_rare(report):
    assert report.hazard_false_rate <= 0.01 + NEAR


def test_a_place_before_a_sentence_changes_no_wish(report):
    del report  # skips where there is no model
    engine, places = local.load(), sample.gazetteer()
    at = evaluate.load(sample.EVALUATION / "entities.jsonl")[0].at
    for said, intent in (("怎么没电了", "report_outage"), ("什么时候来电", "query_outage")):
        for place in ("棉纺二厂宿舍", "东风新村3栋", "印染厂宿舍5栋2单元301", "锦绣江南一期"):
            answer = engine.understand(place + said, at=at, gazetteer=places)
            assert answer.intent == intent, place
