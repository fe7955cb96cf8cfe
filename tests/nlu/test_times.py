"""Days and hours against a Thursday in January, 17:30."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu import times

AT = datetime(2026, 1, 15, 17, 30, tzinfo=times.CHINA)


def _values(text, at=AT):
    return [moment.value for moment in times.find(text, at)]


def _on(*instants):
    return [f"2026-01-{instant}:00+08:00" for instant in instants]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("今天停电了", ["2026-01-15"]),
        ("大前天", ["2026-01-12"]),
        ("下周一", ["2026-01-19"]),
        ("周三停电吗", ["2026-01-21"]),
        ("周三停的", ["2026-01-14"]),
        ("5号停电吗", ["2026-02-05"]),
        ("12月3号停的", ["2025-12-03"]),
        ("去年12月3日", ["2025-12-03"]),
        ("15-17号停电", ["2026-01-15", "2026-01-17"]),
        ("1/18停电", ["2026-01-18"]),
        ("1.18号停电", ["2026-01-18"]),
        ("今晚停电吗", _on("15T20:00")),
        ("昨天凌晨停的", _on("14T03:00")),
        ("今天傍晚", _on("15T18:00")),
        ("上周五下午三点半停的", _on("09T15:30")),
        ("晚上12点停的", _on("16T00:00")),
        ("昨夜2点多", _on("15T02:00")),
        ("8:30", _on("15T08:30")),
        ("2026-01-16 08:00", _on("16T08:00")),
        ("明天上午8点到12点停电", _on("16T08:00", "16T12:00")),
        ("下午2点到5点", _on("15T14:00", "15T17:00")),
        ("晚上11点到凌晨2点", _on("15T23:00", "16T02:00")),
        ("8-12点停电", _on("15T08:00", "15T12:00")),
    ],
)
def test_what_is_said_is_resolved(text, values):
    assert _values(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "快一点来人",
        "提两点建议",
        "1/2的人",
        "电压1.18",
        "每天晚上8点跳闸",
        "零点五度",
        "3号楼没电",
        "停了3个小时",
        "",
    ],
)
def test_what_only_looks_like_a_time_is_none(text):
    assert _values(text) == []


def test_the_day_is_chinas_whatever_the_zone_of_the_message():
    assert _values("今天", datetime(2026, 1, 15, 23, 0, tzinfo=UTC)) == ["2026-01-16"]


@given(
    st.text(max_size=200)
    | st.text(alphabet="0123456789一二十两今明昨天早晚上下午周月号点半分到至-:. 年", max_size=40)
)
def test_any_text_is_read(text):
    for moment in times.find(text, AT):
        assert 0 <= moment.start < moment.end <= len(text)
