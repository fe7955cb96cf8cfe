"""The engine inside the process: trained on few examples here, so that the tests are quick."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from nlu import features, local, scorer
from nlu.training import data, train
from tests.nlu.contract import EngineContract
from tests.nlu.engines import few_examples, small_engine, small_model, understand

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def engine():
    return small_engine()


class TestLocalEngine(EngineContract):
    pass


def test_a_saved_model_scores_as_the_one_that_was_trained(tmp_path):
    small_model().save(tmp_path / "model.npz")
    cut = features.tokenizer()
    before = scorer.Scorer(small_model(), cut)
    after = scorer.Scorer(scorer.load(tmp_path / "model.npz"), cut)
    for text in ("我家没电了", "怎么交电费", "完全无关的话"):
        assert np.allclose(before.logits(text), after.logits(text), atol=1e-2)


def test_training_again_gives_the_same_weights():
    again = train.fit(few_examples(), fingerprint="few").model
    assert np.array_equal(again.weights, small_model().weights)
    assert again.temperature == small_model().temperature


def test_a_missing_model_says_what_to_run(tmp_path):
    with pytest.raises(local.ModelError, match="gridbot nlu train"):
        local.load(tmp_path / "none.npz")


def test_a_broken_model_says_what_to_run(tmp_path):
    path = tmp_path / "model.npz"
    path.write_bytes(b"not a model")
    with pytest.raises(local.ModelError, match="gridbot nlu train"):
        local.load(path)


@pytest.mark.parametrize(("field", "reason"), [("data", "other examples"), ("code", "other code")])
def test_a_model_of_other_data_or_code_is_refused(tmp_path, field, reason):
    path = tmp_path / "model.npz"
    right = replace(small_model(), data=data.fingerprint())
    replace(right, **{field: "another"}).save(path)
    with pytest.raises(local.ModelError, match=reason):
        local.load(path)


def test_a_model_of_this_data_and_code_is_taken(tmp_path):
    path = tmp_path / "model.npz"
    replace(small_model(), data=data.fingerprint()).save(path)
    assert local.load(path).name == "local"
    assert path.stat().st_size < 30 * MEGABYTE


def test_threads_get_the_answers_that_one_alone_gets(engine):
    texts = ["我家没电了", "怎么交电费", "转人工", "电表是不是走快了"] * 20
    alone = [understand(engine, text).ranking for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: understand(engine, text).ranking, texts))
    assert together == alone


def test_a_text_that_shows_nothing_is_out_of_scope(engine):
    answer = understand(engine, "龘靐齉")
    assert answer.intent == "out_of_scope"
    assert answer.requests


def test_words_sound_alike_to_the_model():
    table = features.sound_table()
    assert "缴费".translate(table) == "缴废".translate(table)
    assert "发飘".translate(table) != "发票来".translate(table)
