"""Texts are cut where a reader would cut them, and nothing is lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.texts import cut, cut_bytes, split_reply

URL = "https://power.example.cn/h5/t/Zm9vYmFyYmF6cXV4Zm9vYmFy"


def test_a_short_text_stays_whole():
    assert split_reply("停电时间：今天 8:00 至 12:00。") == ["停电时间：今天 8:00 至 12:00。"]


@pytest.mark.parametrize("text", ["", " \n\n "])
def test_nothing_has_no_parts(text):
    assert split_reply(text) == []


def test_a_long_text_breaks_between_paragraphs_lines_and_sentences():
    paragraph = "一" * 400
    assert split_reply(f"{paragraph}\n\n{paragraph}") == [paragraph, paragraph]
    assert split_reply(f"{paragraph}\n{paragraph}") == [paragraph, paragraph]
    assert split_reply("一" * 399 + "。" + paragraph) == ["一" * 399 + "。", paragraph]


def test_a_text_without_any_mark_is_cut_at_the_limit():
    assert [len(part) for part in split_reply("电" * 1500)] == [600, 600, 300]


def test_four_byte_characters_are_counted_by_their_bytes():
    parts = split_reply("😀" * 1000)
    assert all(len(part.encode()) <= 2048 for part in parts)
    assert "".join(parts) == "😀" * 1000


def test_a_link_is_not_cut():
    for place in range(560, 600):
        parts = split_reply("电" * place + URL + "请查看")
        assert sum(URL in part for part in parts) == 1
    tag = f'<a href="{URL}">点这里，看详情。</a>'
    assert sum(tag in part for part in split_reply("电" * 580 + tag + "完" * 50)) == 1


@given(st.text(st.sampled_from("电。，\n 😀ab<a>https://x"), max_size=4000), st.integers(20, 600))
def test_every_part_fits_and_nothing_but_space_is_lost(text, limit):
    parts = split_reply(text, limit)
    assert all(0 < len(part) <= limit and len(part.encode()) <= 2048 for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


@given(st.text(), st.integers(3, 50))
def test_a_cut_text_fits(text, size):
    assert len(cut(text, size)) <= size
    assert len(cut_bytes(text.encode("utf-8", "replace").decode(), size).encode()) <= size
