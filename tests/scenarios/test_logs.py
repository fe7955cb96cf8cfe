"""What a whole scenario leaves in the logs: ids and reasons, no word or number of anybody."""

import io
import logging
from collections.abc import Iterator

import pytest

from tests.support.product import Product, eventually

PERSONAL = (
    "19900004321",
    "3699988993",
    "石宇航",
    "老太太一个人在家",
    "保险丝烧断换好了",
    "锦绣江南",
)


@pytest.fixture
def logs(product: Product) -> Iterator[io.StringIO]:
    """Everything that any logger of the process writes, as it would be written."""
    root = logging.getLogger()
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(root.handlers[0].formatter)
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


def test_a_whole_case_leaves_nobodys_words_in_the_logs(product: Product, logs: io.StringIO):
    resident = product.resident("石宇航")
    resident.says("锦绣江南3栋停电了，老太太一个人在家，电话19900004321").says("2").says("没有")
    number = product.ticket_of(resident).number
    product.fails("cgi-bin/message/custom/send", "errcode", code=40003)
    manager = product.manager("liuxiaoyan")
    manager.card(number)
    manager.says(f"接单 {number}")
    eventually(lambda: "message_dead" in logs.getvalue(), "the message that died is logged")
    manager.says(f"办结 {number} 保险丝烧断换好了")
    resident.hears("您满意吗")
    resident.says("1")
    resident.says("绑定户号").says("3699988993").says("石宇航").bot_says("绑好了")
    lines = logs.getvalue()
    assert [word for word in PERSONAL if word in lines] == []
    assert resident.openid not in lines
