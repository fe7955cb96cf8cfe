"""The grid's people on one day: evidence, a wrong grid, two matters, leave; a report withdrawn."""

import pytest

from tests.support.product import Product, Resident, eventually

PLACE = "东升新村2栋停电了"


@pytest.fixture
def reported(product: Product) -> tuple[Resident, str]:
    resident = product.resident()
    resident.says(PLACE).says("不清楚").says("跳过").bot_says("都记下了")
    return resident, product.ticket_of(resident).number


def test_a_report_is_withdrawn_at_once(product: Product):
    resident = product.resident()
    resident.says(PLACE)
    number = product.ticket_of(resident).number
    resident.says("撤回").bot_says(number, "已撤销")
    product.becomes(number, "cancelled")


def test_one_tap_gives_a_ticket_back_and_a_word_puts_it_right(
    product: Product, reported: tuple[Resident, str]
):
    _, number = reported
    manager = product.manager("zhouzhiqiang")
    manager.card(number)
    manager.presses("misrouted", number)
    manager.sees(number, "已退回指挥中心", "知道对的地点")
    product.becomes(number, "open")
    assert product.ticket(number).grid_code is None
    manager.says(f"为什么派给我 {number}").bot_says("派错了")
    manager.says(f"派错 {number} 东升新村").bot_says(number)


def test_a_second_matter_gets_its_own_ticket(product: Product, reported: tuple[Resident, str]):
    resident, number = reported
    product.manager("zhouzhiqiang").says(f"拆单 {number} 电费 上个月电费不对").bot_says(
        "已从", number
    )
    resident.hears("另立一张单")
    found = eventually(lambda: product.tickets(openid=resident.openid)[1:], "the second ticket")
    assert found[0].category == "billing"


def test_the_day_in_words(product: Product, reported: tuple[Resident, str]):
    _, number = reported
    manager = product.manager("zhouzhiqiang")
    manager.says("简报").bot_says("今日简报", number)
    manager.says("交班 电缆明天到货").bot_says("已交给")
    manager.says("承诺").bot_says("承诺")
    manager.says("请假 后天 体检").bot_says("请假记下了")
    manager.says("销假").bot_says("请假已取消")
