"""The triage tree: the built-in one, and every way of writing a wrong one."""

from pathlib import Path

import pytest

from config import tables
from config.toml import BUILT_IN, TableError, read
from config.triage import CHECKS, FILE, Triage
from handlers.tickets import triage_checks

TREE = tables.load().triage
TEXT = (BUILT_IN / "triage.toml").read_text(encoding="utf-8")


def refused(folder: Path, *changes: tuple[str, str]) -> str:
    """What is said about the built-in tree with these changes."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / "triage.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TableError) as caught:
        read("triage.toml", folder, Triage)
    return str(caught.value)


def test_every_check_the_tree_may_name_has_its_function():
    assert CHECKS.keys() - {FILE} == triage_checks.CHECKS.keys()


def test_the_built_in_tree_asks_for_the_place_before_it_files():
    assert TREE.filing == "file"
    assert all(leaf.reason for leaf in TREE.leaves.values())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('start = "contacts"', 'start = "begin"'), "start: no node is called begin"),
        (
            ('yes = "often"', 'yes = "often_"'),
            "nodes.contacts.next.yes: no node or leaf is called often_",
        ),
        (('check = "danger"', 'check = "weather"'), "nodes.danger: there is no check weather"),
        (('next = { told = "matter" }', "next = { }"), "nodes.community: next lacks told"),
        (
            ('next = { told = "matter" }', 'next = { told = "matter", maybe = "matter" }'),
            "nodes.community: next has maybe, which cannot happen",
        ),
        (('recall = "breaker"', 'recall = "meter"'), "recalls meter, which is no question"),
        (('reads = "phone"', 'check = "phone_known"'), "needs exactly one of check, ask, recall"),
        (('reads = "phone"', ""), "has either options or reads"),
        (('reason = "欠费停电，先交费"', 'reason = " "'), "leaves.unpaid: has no reason"),
        (('\n\n[leaves.unpaid]\nends = "pay"', "\n\n[leaves.unpaid]"), "leaves.unpaid.ends"),
        (('next = { told = "file" }', 'next = { told = "matter" }'), "goes round in a circle"),
        (
            ('community = "whole_area", unknown', 'community = "unclear", unknown'),
            "whole_area: cannot be reached",
        ),
        (('ends = "crew"', 'ends = "pay"'), "must come before file"),
        (('ends = "person"', 'ends = "crew"'), "needs a ticket, so it must come after file"),
        (('yes = "often", no = "open_ticket"', 'yes = "often", no = "where"'), "cannot be reached"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_tree_is_refused_by_name(tmp_path, change, words):
    said = refused(tmp_path, change)
    assert said.startswith("triage.toml: ")
    assert words in said


def test_what_is_looked_up_at_a_place_comes_after_the_place(tmp_path):
    said = refused(tmp_path, ('no = "open_ticket"', 'no = "arrears"'))
    assert "arrears: needs the place, so a node with check = community must come before" in said


def test_a_question_before_the_ticket_is_refused(tmp_path):
    said = refused(tmp_path, ('fault = "where" }', 'fault = "scope" }'))
    assert "scope: is asked only after file" in said


def test_all_faults_are_told_at_once(tmp_path):
    said = refused(
        tmp_path,
        ('yes = "often"', 'yes = "nowhere"'),
        ('reason = "欠费停电，先交费"', 'reason = ""'),
    )
    assert "nowhere" in said
    assert "leaves.unpaid" in said
