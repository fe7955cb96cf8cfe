"""Scenario 2: the manager's card, every step by button and by command, and the resident hears it."""

import pytest

from tests.support.product import Product, Resident, eventually

PLACE = "东升新村2栋停电了"
DAY = 24 * 3600


@pytest.fixture
def reported(product: Product) -> tuple[Resident, str]:
    resident = product.resident()
    resident.says(PLACE).says("不清楚").says("跳过").bot_says("都记下了")
    return resident, product.ticket_of(resident).number


def test_buttons_carry_a_ticket_to_its_end(product: Product, reported: tuple[Resident, str]):
    resident, number = reported
    manager = product.manager("zhouzhiqiang")
    card = manager.card(number)
    assert {"接单", "转派"} <= {button["text"] for button in card["button_list"]}
    manager.presses("accept", number)
    resident.hears("周志强", "已接单", number)
    manager.says(f"到场 {number}")
    resident.hears("现场", number)
    manager.says(f"回复 {number} 保险丝烧了，正在换").bot_says("已发给住户")
    resident.hears("保险丝烧了，正在换")
    manager.says(f"办结 {number} 换了保险丝，已来电").bot_says("已办结")
    resident.hears("已办结", "换了保险丝，已来电")
    product.becomes(number, "resolved")


def test_the_card_shows_what_was_done_and_by_whom(product: Product, reported: tuple[Resident, str]):
    _, number = reported
    crew = page_of(product, number)
    product.manager("zhouzhiqiang").presses("accept", number)
    crew.sees(number, "周志强 已接单")


def test_a_stale_button_says_who_did_it(product: Product, reported: tuple[Resident, str]):
    _, number = reported
    crew = page_of(product, number)
    crew.card(number)
    manager = product.manager("zhouzhiqiang")
    manager.card(number)
    manager.says(f"接单 {number}").says(f"到场 {number}").bot_says("已到场")
    crew.presses("accept", number)
    crew.sees(number, "周志强", "已到场")
    assert product.ticket(number).state == "arrived"


def test_a_command_without_a_number_means_the_only_ticket_and_else_asks_which(product: Product):
    manager = product.manager("xiongliping")
    manager.says("接单").bot_says("没有在办的工单")
    manager.says("我的工单").bot_says("没有在办的工单")


def test_a_quoted_card_needs_no_number(product: Product, reported: tuple[Resident, str]):
    resident, number = reported
    product.manager("zhouzhiqiang").says(f"回复 {number} 十分钟到")
    resident.hears("十分钟到")


def test_what_cannot_be_done_is_said_in_words(product: Product, reported: tuple[Resident, str]):
    _, number = reported
    manager = product.manager("zhouzhiqiang")
    manager.says(f"接单 {number}").says(f"到场 {number}").says(f"接单 {number}")
    manager.bot_says("已到场", "不能再做这一步")
    assert product.ticket(number).state == "arrived"
    manager.says("接单 T2026010100001").bot_says("T2026010100001")
    product.manager("nobody").says(f"接单 {number}").bot_says("没有登记")
    manager.says("帮助").bot_says("接单", "办结")


def test_a_transfer_and_an_escalation_reach_the_next_person(
    product: Product, reported: tuple[Resident, str]
):
    resident, number = reported
    product.manager("zhouzhiqiang").says(f"转派 {number} 刘小燕").bot_says("刘小燕")
    product.manager("liuxiaoyan").card(number)
    assert product.ticket(number).assignee_userid == "liuxiaoyan"
    product.manager("liuxiaoyan").says(f"升级 {number} 要换变压器").bot_says("已上报")
    eventually(lambda: product.ticket(number).escalation_level > 0, "escalated")
    resident.hears("刘小燕", number)


def test_the_manager_takes_over_and_hands_back(product: Product, reported: tuple[Resident, str]):
    resident, number = reported
    manager = product.manager("zhouzhiqiang")
    manager.says(f"接管 {number}").bot_says("已接管")
    resident.says("师傅你到哪了").bot_does_not_say("请问是哪个小区")
    manager.sees("师傅你到哪了")
    manager.says("五分钟就到")
    resident.hears("五分钟就到")
    manager.says(f"交回 {number}").bot_says("已交回")
    resident.says("你好").bot_says("停电、电费、办电")


def test_after_the_window_has_closed_a_template_with_a_link_is_sent(
    product: Product, reported: tuple[Resident, str]
):
    resident, number = reported
    product.simulator.request("POST", "clock", json={"forward": 3 * DAY})
    try:
        product.manager("zhouzhiqiang").says(f"回复 {number} 备件到了")
        bubble = eventually(lambda: template_of(resident, number), "a template message")
        assert "/h5/t/" in str(bubble)
    finally:
        product.simulator.request("POST", "clock", json={"forward": -3 * DAY})


def template_of(resident: Resident, number: str) -> dict[str, object] | None:
    found = [m for m in resident.bubbles() if m["via"] == "template" and number in str(m)]
    return found[-1] if found else None


def page_of(product: Product, number: str):
    """The member of the repair crew whom the ticket paged."""
    crew = [row["userid"] for row in product.simulator.request("GET", "members")["items"]]

    def paged() -> str | None:
        others = (userid for userid in crew if userid != "zhouzhiqiang")
        return next((u for u in others if product.manager(u).cards(number)), None)

    return product.manager(eventually(paged, f"somebody paged for {number}"))
