"""Every way to type a text has one normal form, and the way back holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.normalise import align, normalise


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("電線掉落，ＡＢＣ１２３", "电线掉落,abc123"),
        ("  我家　没电了\r\n快来  ", "我家 没电了 快来"),
        ("没\u200b电\ufeff了", "没电了"),
        ("3️⃣栋", "3栋"),
        ("", ""),
    ],
)
def test_a_text_has_one_form(written, normal):
    assert normalise(written) == normal


def test_a_span_leads_back_to_the_text_as_written():
    written = "  電線　掉了"
    aligned = align(written)
    start = aligned.text.index("掉")
    begin, end = aligned.span(start, start + 2)
    assert written[begin:end] == "掉了"


@given(st.text(max_size=300))
def test_any_text_is_taken_and_every_character_has_an_origin(text):
    aligned = align(text)
    assert len(aligned.text) == len(aligned.origins)
    assert all(0 <= origin < len(text) for origin in aligned.origins)
    assert list(aligned.origins) == sorted(aligned.origins)


def test_lone_surrogates_and_long_texts_are_taken():
    assert normalise("没电\ud83d了") == "没电了"
    assert len(normalise("电" * 10_000)) == 10_000
