"""Questions in words that no page has find their page, or nothing."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from config.guides import Audience
from handlers.guide import search
from tests.support.desks import TABLES

LINES = Path("tests/fixtures/guide/questions.jsonl").read_text("utf-8").splitlines()
QUESTIONS = [json.loads(line) for line in LINES]
KNOWN = [one for one in QUESTIONS if one["page"]]
INDEX = search.index_of(TABLES.guide, Audience.RESIDENT)


def test_most_questions_are_answered_at_once_and_nearly_none_wrongly():
    right = wrong = offered = 0
    for one in KNOWN:
        found = INDEX.search(one["text"])
        is_right = bool(found) and found[0].page.name == one["page"]
        right += search.is_sure(found) and is_right
        wrong += search.is_sure(found) and not is_right
        offered += any(f.page.name == one["page"] for f in found if f.score >= search.MAYBE)
    assert right >= 0.8 * len(KNOWN)
    assert wrong <= 0.07 * len(KNOWN)
    assert offered >= 0.95 * len(KNOWN)


@pytest.mark.parametrize("one", [q for q in QUESTIONS if not q["page"]], ids=lambda q: q["text"])
def test_a_question_of_other_matters_has_no_sure_answer(one):
    assert not search.is_sure(INDEX.search(one["text"]))


@pytest.mark.parametrize("text", ["", "。", "😭", "电" * 5000, "\u200b", "a" * 3000, "？？？"])
def test_any_text_can_be_looked_up(text):
    assert len(INDEX.search(text)) <= 3


@pytest.mark.parametrize("text", ["过互要带啥子本本", "過戶要帶咩文件", "guohu yao shenme cailiao"])
def test_homophones_traditional_characters_and_pinyin_are_heard(text):
    assert INDEX.search(text)[0].page.name == "resident/transfer-materials"


def test_the_service_decides_between_pages_alike():
    assert INDEX.search("要交钱吗", service="pv")[0].page.service == "pv"
    assert INDEX.search("要交钱吗", service="transfer")[0].page.service == "transfer"


def test_a_question_of_no_matter_is_told_apart():
    assert INDEX.is_general("要什么材料")
    assert INDEX.is_general("多少钱啊")
    assert not INDEX.is_general("过户要什么材料")


def test_a_page_is_not_used_before_its_day():
    names = [found.page.name for found in INDEX.search("光伏卖电价格", on=date(2025, 5, 31))]
    assert "resident/pv-policy" not in names
    assert INDEX.search("2025年以后光伏卖电价格", on=date(2025, 6, 1))[0].page.name.endswith(
        "policy"
    )


def test_threads_share_one_index():
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: INDEX.search(one["text"]), KNOWN))
    assert found == [INDEX.search(one["text"]) for one in KNOWN]
