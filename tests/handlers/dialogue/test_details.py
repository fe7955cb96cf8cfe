"""What only adds to a story, and what is a wish of its own."""

import pytest

from handlers.dialogue.details import is_detail


@pytest.mark.parametrize(
    "text",
    [
        "一个多月了", "快两个月了", "三天", "都好几年了", "半小时左右",
        "晚上八点以后", "每天下午", "一般中午12点到下午两点", "夜里",
        "没有光伏", "没有冒烟", "没有发票。", "没人碰到", "没人受伤", "冇人受伤", "没装发电机",
        "好几家都这样", "三户都是",
    ],
)  # fmt: skip
def test_a_detail_is_told_from_a_wish(text):
    assert is_detail(text)


@pytest.mark.parametrize(
    "text",
    [
        "没电", "没电了", "没有电", "没来电", "还没好", "没修好", "没到账", "没收到发票", "没人来",
        "没有人管", "没有师傅联系我", "没有发票吗", "没电两天了", "什么时候来电", "三天了还没来人",
        "晚上八点停电", "好", "没有", "一个月电费多少", "没有恢复",
    ],
)  # fmt: skip
def test_a_wish_is_no_detail(text):
    assert not is_detail(text)
