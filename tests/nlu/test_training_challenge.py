"""A challenger replaces the champion only where no gate is worse."""

from dataclasses import dataclass

import pytest

from nlu import local
from nlu.training import challenge, data, train
from nlu.training.evaluate import Line
from nlu.understanding import Request, Understanding
from tests.nlu.engines import few_examples, gazetteer, small_engine

EXTRA = "nlu:\n- intent: greet\n  examples: |\n    - 吼吼哈嘿\n    - 吼吼哈嘿呀\n"


@pytest.fixture
def folder(tmp_path):
    """A few examples of each intent, as a folder of YAML."""
    blocks = ["nlu:"]
    intents = dict.fromkeys(example.intent for example in few_examples())
    for intent in intents:
        texts = [each.text for each in few_examples() if each.intent == intent]
        blocks += [
            f"- intent: {intent}",
            "  examples: |",
            *(f"    - {text}" for text in texts[:12]),
        ]
    made = tmp_path / "data"
    made.mkdir()
    (made / "nlu.yml").write_text("\n".join(blocks) + "\n", encoding="utf-8")
    return made


@dataclass(frozen=True)
class Always:
    """A champion that says one thing."""

    intent: str
    name: str = "always"

    def understand(self, text, *, at, gazetteer):
        return Understanding(text, (Request(self.intent, 1.0, text),))


def run(folder, sets, champion):
    model = folder.parent / "model.npz"
    return challenge.challenge(EXTRA, sets, champion, gazetteer(), folder=folder, model=model)


def test_a_better_challenger_replaces_the_champion_and_its_examples_are_kept(folder):
    verdict = run(folder, {"dev": [Line("吼吼哈嘿", "greet")]}, Always("deny"))
    assert verdict.replaced
    assert "吼吼哈嘿" in {example.text for example in data.load(folder)}
    assert local.load(folder.parent / "model.npz", examples=folder).name == "local"


def test_a_challenger_that_is_worse_anywhere_changes_nothing(folder):
    sets = {"dev": [Line("吼吼哈嘿", "greet")], "chat": [Line("吼吼哈嘿", "deny")]}
    verdict = run(folder, sets, Always("deny"))
    assert not verdict.replaced
    assert {gate.lines for gate in verdict.failed} == {"chat"}
    assert [path.name for path in data.files(folder)] == ["nlu.yml"]
    assert not (folder.parent / "model.npz").exists()


def test_examples_that_contradict_the_known_ones_are_refused(folder):
    text = next(each.text for each in few_examples() if each.intent == "pay_bill")
    extra = f"nlu:\n- intent: greet\n  examples: |\n    - {text}\n"
    with pytest.raises(data.DataError, match="pay_bill"):
        challenge.challenge(extra, {}, small_engine(), gazetteer(), folder=folder)


def test_training_writes_the_file_that_loads(folder):
    path = folder.parent / "new" / "model.npz"
    trained = train.train(folder, path)
    assert trained.examples == len(data.load(folder))
    assert local.load(path, examples=folder).name == "local"
