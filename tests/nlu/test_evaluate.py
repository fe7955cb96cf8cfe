"""The figures count what NLU.md says they count."""

import io
import json
from datetime import datetime

import pytest
from rich.console import Console

from nlu import places
from nlu.training import evaluate, render
from nlu.training.evaluate import Line
from nlu.understanding import Entity, Request, Understanding

KEYS = (
    "lines", "accuracy", "macro_f1", "hazard_recall", "hazard_false_rate", "out_of_scope_recall",
    "entity_f1", "per_intent", "confusions", "parses_per_s",
)  # fmt: skip
HOME = Entity("scope", "household", 0, 2)
BILL = Entity("amount", "120", 0, 2)


def said(intent, *entities):
    return Understanding("……", (Request(intent, 0.9, "……", entities),), entities=entities)


class Parrot:
    """Answers what it was told to, and remembers when it was asked about."""

    name = "parrot"

    def __init__(self, *answers):
        self.answers = iter(answers)
        self.asked_at = []

    def understand(self, text, *, at, gazetteer):
        self.asked_at.append(at)
        return next(self.answers)


def judge(lines, *answers):
    return evaluate.report(lines, answers, 0.5)


def test_accuracy_and_speed_are_per_line():
    report = judge([Line("a", "greet"), Line("b", "deny")], said("greet"), said("greet"))
    assert (report.lines, report.accuracy, report.parses_per_s) == (2, 0.5, 4)


def test_an_intent_that_is_as_right_counts_as_a_hit_of_the_lines_own():
    line = Line("a", "report_outage", also=frozenset({"query_outage"}))
    report = judge([line], said("query_outage"))
    assert report.accuracy == 1
    assert set(report.per_intent) == {"report_outage"}


def test_macro_f1_is_over_the_intents_present():
    lines = [Line("a", "greet"), Line("b", "greet"), Line("c", "deny")]
    report = judge(lines, said("greet"), said("stop"), said("deny"))
    assert report.macro_f1 == pytest.approx((2 / 3 + 1) / 2)
    assert report.per_intent["stop"].precision == 0


def test_false_hazards_are_a_share_of_the_lines_that_are_none():
    lines = [Line("a", "report_hazard"), Line("b", "greet"), Line("c", "greet")]
    report = judge(lines, said("report_fault"), said("report_hazard"), said("greet"))
    assert (report.hazard_recall, report.hazard_false_rate) == (0, 0.5)


def test_a_share_of_nothing_is_none():
    report = judge([Line("a", "greet")], said("greet"))
    assert (report.hazard_recall, report.out_of_scope_recall, report.entity_f1) == (None,) * 3


def test_entities_are_distinct_pairs_of_the_lines_that_list_them():
    lines = [
        Line("a", "greet", entities=frozenset({("scope", "household"), ("amount", "80")})),
        Line("b", "greet", entities=None),
    ]
    report = judge(lines, said("greet", HOME, HOME, BILL), said("greet", BILL))
    assert report.entity_f1 == pytest.approx(2 * 1 / (2 + 2))


def test_the_worst_confusions_come_first_with_an_example():
    lines = [Line("a", "greet"), Line("b", "deny"), Line("c", "deny")]
    worst = judge(lines, said("stop"), said("stop"), said("stop")).confusions[0]
    assert (worst.intent, worst.predicted, worst.count, worst.example) == ("deny", "stop", 2, "b")


def test_a_line_without_a_time_is_said_now():
    now, then = datetime.fromisoformat("2026-05-01T08:00+08:00"), "2026-01-01T08:00+08:00"
    lines = [Line("a", "greet"), Line("b", "greet", at=datetime.fromisoformat(then))]
    parrot = Parrot(said("greet"), said("greet"))
    evaluate.evaluate(lines, parrot, places.build([]), now=lambda: now)
    assert parrot.asked_at == [now, datetime.fromisoformat(then)]


def test_json_has_exactly_the_agreed_keys():
    report = judge([Line("a", "greet")], said("deny"))
    assert tuple(json.loads(report.to_json())) == KEYS


def test_the_tables_show_the_figures_and_the_confusions():
    shown = screen(render.table(judge([Line("帮我看看", "greet")], said("deny"))))
    assert "macro_f1" in shown
    assert "帮我看看" in shown


def test_engines_are_compared_side_by_side():
    report = judge([Line("a", "greet")], said("greet"))
    shown = screen(render.compare({"local": report, "rasa": report}))
    assert "local" in shown.splitlines()[2]
    assert "rasa" in shown.splitlines()[2]


def screen(shown):
    console = Console(width=120, file=io.StringIO())
    console.print(shown)
    return console.file.getvalue()


def write(path, *lines):
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_unknown_keys_are_ignored_and_splits_are_taken_apart(tmp_path):
    path = write(
        tmp_path / "lines.jsonl",
        '{"text": "你好", "intent": "greet", "split": "dev", "style": "x"}',
        "",
        '{"text": "再见", "intent": "goodbye", "split": "test", "entities": []}',
    )
    assert [line.text for line in evaluate.load(path)] == ["你好", "再见"]
    (line,) = evaluate.load(path, split="test")
    assert line.entities == frozenset()


def test_a_mark_of_order_and_odd_breaks_inside_a_text_are_read(tmp_path):
    path = tmp_path / "lines.jsonl"
    line = '{"text": "我家\u2028没电\x85了", "intent": "report_outage", "also": null}\r\n'
    path.write_bytes(b"\xef\xbb\xbf" + line.encode() * 2)
    assert [line.text for line in evaluate.load(path)] == ["我家\u2028没电\x85了"] * 2


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_a_file_in_another_encoding_is_named(tmp_path, encoding):
    path = tmp_path / "lines.jsonl"
    path.write_text('{"text": "没电了", "intent": "report_outage"}\n', encoding=encoding)
    with pytest.raises(evaluate.LineError, match=r"lines\.jsonl: not UTF-8"):
        evaluate.load(path)


def test_entities_that_are_no_list_are_a_mistake(tmp_path):
    path = write(tmp_path / "lines.jsonl", '{"text": "x", "intent": "greet", "entities": "scope"}')
    with pytest.raises(evaluate.LineError, match=r"lines\.jsonl:1: .*entities"):
        evaluate.load(path)


def test_every_wrong_line_is_named(tmp_path):
    path = write(
        tmp_path / "lines.jsonl", '{"text": "你好"}', "{", '{"text": "x", "intent": "dance"}'
    )
    with pytest.raises(evaluate.LineError) as caught:
        evaluate.load(path)
    assert [line.split(": ")[0] for line in str(caught.value).splitlines()] == [
        "lines.jsonl:1",
        "lines.jsonl:2",
        "lines.jsonl:3",
    ]
