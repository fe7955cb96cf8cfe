from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.bot.simulator.browser import chromium
from tests.bot.simulator.fake_product import WECOM

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
CARD = {
    "card_type": "button_interaction",
    "task_id": "T1",
    "main_title": {"title": "停电 · 锦绣江南3栋"},
    "button_list": [{"text": "接单", "key": "accept", "style": 1}],
}


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(request, simulator, product) -> Iterator[Page]:
    product.answer = lambda message: (
        "success" if message["MsgType"] == "event" else "已受理，工单号 T2026112600001"
    )
    with chromium() as browser:
        page = browser.new_page(viewport=request.param)
        said: list[str] = []
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        page.goto(f"{simulator.base}/sim/")
        yield page
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert said == []


def turn_to(page, name):
    tab = page.locator(f"[data-panel={name}]")
    if tab.is_visible():
        tab.click()


def test_a_newcomer_says_the_suggested_words_and_is_answered(page, product):
    page.get_by_role("button", name="锦绣江南3栋停电了").click()
    expect(page.locator("#resident-chat")).to_contain_text("已受理，工单号 T2026112600001")
    assert product.messages[-1]["Content"] == "锦绣江南3栋停电了"
    turn_to(page, "inspector")
    page.locator("#traffic summary").first.click()
    expect(page.locator("#traffic pre").first).to_contain_text("锦绣江南3栋停电了")


def test_a_manager_presses_a_button_and_an_owner_confirms(page, product, platform):
    sent = {"touser": "liuxiaoyan", "agentid": WECOM.agent_id, "msgtype": "template_card"}
    platform.wecom("message/send", {**sent, "template_card": CARD})
    turn_to(page, "member")
    page.locator("#member-chat .card").get_by_role("button", name="接单").click()
    expect(page.locator("#toast")).to_be_visible()
    task = {"chat_type": "group", "sender": "liuxiaoyan", "chat_id_list": ["wr1"]}
    body = {**task, "text": {"content": "今晚检修"}}
    platform.wecom("externalcontact/add_msg_template", body)
    turn_to(page, "group")
    page.locator("#group").get_by_role("button", name="以群主身份确认发送").click()
    expect(page.locator("#group-chat")).to_contain_text("今晚检修")
    assert any(message.get("EventKey") == "accept" for message in product.messages)


def test_whoever_speaks_before_the_first_resident_has_come_is_heard(page, product):
    def late(route):
        page.wait_for_timeout(800)
        route.continue_()

    page.route("**/api/state?**", late)
    page.reload()
    page.get_by_role("button", name="锦绣江南3栋停电了").click()
    expect(page.locator("#resident-chat")).to_contain_text("已受理，工单号 T2026112600001")


def test_times_are_the_citys_wherever_the_browser_stands(page):
    told = "import('/sim/static/dom.js').then((helpers) => helpers.clock(0))"
    assert page.evaluate(told) == "08:00:00"
