"""What every page of the guide must be."""

import re

import pytest

from config import guides
from config.guides import Audience
from config.toml import TableError
from handlers.guide import pages
from nlu.intents import INTENTS
from tests.support.desks import TABLES

GUIDE = TABLES.guide
RESIDENT = [page for page in GUIDE.pages if page.audience == Audience.RESIDENT]
STAFF = [page for page in GUIDE.pages if page.audience == Audience.STAFF]
SERVICES = {
    "charging_pile", "pv", "supply", "capacity", "temporary", "three_phase", "transfer", "rename",
    "close", "tariff", "multi_person", "meter_check", "invoice", "payment", "move",
    "work_near_line",
}  # fmt: skip


def test_there_are_pages_enough_for_residents_and_staff():
    assert len(RESIDENT) >= 80
    assert len(STAFF) >= 40


def test_pages_name_only_known_intents_and_services():
    named = {intent for page in GUIDE.pages for intent in page.intents}
    assert named <= set(INTENTS)
    assert {page.service for page in GUIDE.pages} <= SERVICES | {""}


def test_residents_answers_fit_one_message_and_name_their_intents():
    said = {page.name: pages.said(page, TABLES.contacts) for page in RESIDENT}
    assert [name for name, text in said.items() if len(text) > 400 or "{" in text] == []
    assert [page.name for page in RESIDENT if not page.intents] == []


def test_hotlines_come_from_the_table_of_contacts():
    number = re.compile(r"95598|12345|12398|打 ?(?:110|119|120)")
    assert [page.name for page in RESIDENT if number.search(page.answer)] == []


def test_every_page_of_prices_says_what_is_to_be_confirmed():
    priced = [page for page in RESIDENT if re.search(r"0\.\d\d元", page.answer)]
    assert priced
    assert all(page.confirm for page in priced)


def test_no_two_pages_are_asked_for_in_the_same_words():
    asked = [question for page in RESIDENT for question in page.questions]
    assert len(asked) == len(set(asked))


def test_an_operators_page_takes_the_place_of_its_namesake(tmp_path):
    folder = tmp_path / "guide" / "resident"
    folder.mkdir(parents=True)
    (folder / "pv-time.md").write_text(PAGE, encoding="utf-8")
    page = guides.load(tmp_path).page("resident/pv-time")
    assert page is not None
    assert page.answer == "七天就好。"
    assert len(guides.load(tmp_path).pages) == len(GUIDE.pages)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("title: 光伏", "titel: 光伏", "pv-time.md:2: titel"),
        ("valid_from: 2026-01-01", "valid_from: 明年", "valid_from: 明年"),
        ("source: 通知\n", "", "source is missing"),
        ("  - 光伏几天\n", "", "at least 2 ways"),
        ("七天就好。", "好" * 201, "201 characters"),
        ("---\ntitle", "title", "begins with front matter"),
    ],
)
def test_a_wrong_page_is_named_with_what_is_wrong(tmp_path, old, new, told):
    folder = tmp_path / "guide" / "resident"
    folder.mkdir(parents=True)
    (folder / "pv-time.md").write_text(PAGE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TableError, match=told):
        guides.load(tmp_path)


PAGE = """---
title: 光伏多久
questions:
  - 光伏几天
  - 光伏多长时间
source: 通知
valid_from: 2026-01-01
province: 江西
---

七天就好。
"""
