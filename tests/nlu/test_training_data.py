"""The loader names every mistake in the examples by file and line."""

import pytest

from nlu.intents import INTENTS
from nlu.training import data

GOOD = """\
version: "3.1"
nlu:
- intent: report_outage
  examples: |
    - 我家没电了
    - [锦绣花园](community)停电了
- lookup: street
  examples: |
    - 人民路
- intent: pay_bill
  examples: |
    - 怎么交电费
"""


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return folder


def test_examples_carry_their_intent_and_where_they_stand(tmp_path):
    examples = data.load(write(tmp_path, power=GOOD))
    assert [(each.text, each.intent, each.source) for each in examples] == [
        ("我家没电了", "report_outage", "power.yml:5"),
        ("锦绣花园停电了", "report_outage", "power.yml:6"),
        ("怎么交电费", "pay_bill", "power.yml:12"),
    ]


def test_the_same_text_twice_counts_once(tmp_path):
    assert len(data.load(write(tmp_path, a=GOOD, b=GOOD))) == 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nlu:\n- intent: dance\n  examples: |\n    - 跳舞\n", "bad.yml:2: unknown intent dance"),
        ("nlu:\n- intent: greet\n", "bad.yml:2: a block needs `intent` and `examples`"),
        (
            "nlu:\n- intent: greet\n  examples: |\n    - 你好\n    您好\n",
            "bad.yml:5: an example is",
        ),
        ("nlu:\n- intent: greet\n  examples: |\n    - \n", "bad.yml:4: an example is"),
        ("nlu:\n  - intent: [greet\n", "bad.yml:"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path, text, problem):
    with pytest.raises(data.DataError, match=problem[:12]) as caught:
        data.load(write(tmp_path, bad=text))
    assert problem in str(caught.value)


def test_one_text_of_two_intents_is_a_mistake_that_names_both_places(tmp_path):
    other = GOOD.replace("pay_bill", "query_bill")
    with pytest.raises(data.DataError, match=r"b\.yml:12.*a\.yml:12"):
        data.load(write(tmp_path, a=GOOD, b=other))


def test_all_mistakes_are_told_at_once(tmp_path):
    bad = (
        "nlu:\n- intent: dance\n  examples: |\n    - 跳\n- intent: sing\n  examples: |\n    - 唱\n"
    )
    with pytest.raises(data.DataError) as caught:
        data.load(write(tmp_path, bad=bad))
    assert len(str(caught.value).splitlines()) == 2


def test_an_empty_folder_is_a_mistake(tmp_path):
    with pytest.raises(data.DataError, match="no examples"):
        data.load(tmp_path)


def test_the_fingerprint_changes_with_the_examples(tmp_path):
    before = data.fingerprint(write(tmp_path, a=GOOD))
    assert before == data.fingerprint(tmp_path)
    assert before != data.fingerprint(write(tmp_path, b=GOOD))


def test_the_shipped_examples_are_in_order_and_show_every_intent():
    assert {example.intent for example in data.load()} == set(INTENTS)
