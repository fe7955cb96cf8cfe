"""Scenario 5: in a group, @ the bot: what is public is answered, what is personal goes private."""

import pytest
import sqlalchemy as sa

from bot.access.models import AuditEntry
from tests.support.product import Product

MEMBER = "zhouzhiqiang"


@pytest.fixture
def group(product: Product) -> str:
    """The internal group of the grid's property managers and community officers."""
    groups = product.simulator.request("GET", "groups")["items"]
    return str(next(row["target"] for row in groups if row["name"].startswith("棉纺网格社区物业")))


def asks(product: Product, group: str, text: str) -> str:
    """What the bot says in the group."""
    product.simulator.group_sends(group, MEMBER, text)
    shown = product.simulator.phone("groups", group)
    return str(shown[-1]) if shown[-1]["sender"] != MEMBER else ""


def test_what_is_public_is_answered(product: Product, group: str):
    assert "棉纺一厂宿舍" in asks(product, group, "棉纺一厂宿舍今天停电吗")
    assert "身份证" in asks(product, group, "装充电桩要什么材料")
    assert asks(product, group, "打雷要不要拔插头")


@pytest.mark.parametrize("words", ["我家这个月电费多少", "帮我绑定户号", "我要投诉抄表员"])
def test_what_is_personal_is_taken_to_the_private_chat(product: Product, group: str, words: str):
    said = asks(product, group, words)
    assert "公众号" in said
    assert not product.tickets(openid=MEMBER)


@pytest.mark.parametrize("number", ["户号3699026864欠费多少", "我电话19900000573，叫人打给我"])
def test_numbers_in_a_group_are_asked_to_be_taken_back(product: Product, group: str, number: str):
    said = asks(product, group, number)
    assert "撤回" in said
    assert "3699026864" not in said
    assert "19900000573" not in said


def test_danger_in_a_group_is_answered_and_goes_to_the_people_on_duty(product: Product, group: str):
    said = asks(product, group, "棉纺一厂宿舍3栋门口电线掉地上了冒火花")
    assert "95598" in said
    [ticket] = product.tickets(source_channel="wecom_group")
    assert ticket.priority == "P0"
    assert ticket.number in said


def test_talk_without_the_bot_is_not_heard(product: Product, group: str):
    path = f"groups/{group}/send"
    body = {"userid": MEMBER, "content": "停电了", "mention": False}
    assert product.simulator.request("POST", path, json=body) == {"pushed": False}


def test_one_incident_is_answered_once_in_a_group(product: Product, group: str):
    assert "印染厂宿舍没电的情况记下了" in asks(product, group, "印染厂宿舍没电了")
    assert asks(product, group, "印染厂宿舍停电了，有人管吗") == ""


def test_a_group_of_several_places_is_asked_which(product: Product, group: str):
    said = asks(product, group, "停电了")
    assert "带上小区名" in said
    assert "棉纺一厂宿舍" in said


@pytest.mark.parametrize("words", ["棉纺二厂宿舍3栋2单元501没电了", "东风新村5-2-301跳闸了"])
def test_a_home_named_in_a_group_goes_private_and_is_logged(
    product: Product, group: str, words: str
):
    said = asks(product, group, words)
    assert "公众号里私聊" in said
    assert "501" not in said
    with product.parts.database.reading() as session:
        query = sa.select(AuditEntry).where(AuditEntry.action == "group_personal_data")
        entries = list(session.scalars(query))
    assert entries[-1].facts == {"what": "home"}
    assert entries[-1].subject == group
