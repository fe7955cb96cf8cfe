"""A sieve turns away only patterns that cannot match."""

import json
import re

from nlu import hazards
from nlu.sieve import Sieve, needs
from nlu.training.sample import EVALUATION


def test_what_is_optional_or_denied_is_no_need() -> None:
    assert needs("灯?(?!泡)[^,]{0,3}") == ()


def test_a_choice_needs_one_of_its_words_and_a_sequence_all_of_them() -> None:
    assert needs("(?:火|烟)大") == (frozenset("大"), frozenset("火烟"))


def test_every_rule_of_danger_that_matches_a_line_passes_the_sieve() -> None:
    sieve = hazards._rules().sieve
    lines = [
        json.loads(line)["text"]
        for path in (EVALUATION / "hazards.jsonl", EVALUATION / "imagined.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()[:60]
    ]
    for text in lines:
        found = [n for n, pattern in enumerate(sieve.patterns) if pattern.search(text)]
        assert set(found) <= set(sieve.sift(text))


def test_a_sieve_of_patterns_without_needs_lets_all_pass() -> None:
    sieve = Sieve.of([re.compile(r"\d+"), re.compile(".?")])
    assert list(sieve.sift("没电")) == [0, 1]
