"""Scenario 1 as a newcomer plays it: on the simulator's page, in a real Chromium."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bot.simulator.browser import chromium
from tests.support.product import Product, running

pytestmark = pytest.mark.browser
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 800}}


@pytest.fixture(scope="module", name="alone")
def product_with_page(
    city_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("page")
    shutil.copy(city_file, folder / city_file.name)
    with running(folder, has_city=True) as product:
        yield product


@pytest.fixture(params=SIZES.values(), ids=SIZES.keys())
def page(request: pytest.FixtureRequest, alone: Product) -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page(viewport=request.param, timezone_id="Asia/Shanghai")
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{alone.world.base}/sim/")
        yield page
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert faults == []


def turn_to(page: Page, panel: str) -> None:
    tab = page.locator(f"[data-panel={panel}]")
    if tab.is_visible():
        tab.click()


def test_a_newcomer_reports_and_the_manager_takes_it_on(
    page: Page, alone: Product, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before = {ticket.number for ticket in alone.tickets()}
    picked = page.locator("#resident-pick")
    expect(picked.locator("option")).not_to_have_count(0)
    others = picked.locator("option").all_inner_texts()
    page.get_by_role("button", name="新居民").click()
    expect(picked.locator("option")).to_have_count(len(others) + 1)
    expect(page.locator("#resident-chat")).not_to_contain_text("师傅会到场")
    expect(page.locator("#resident-chat")).to_contain_text("您好，这里是供电服务站")
    expect(page.locator("#resident-chips")).to_contain_text("锦绣江南3栋停电了")
    page.get_by_role("button", name="锦绣江南3栋停电了").click()
    chat = page.locator("#resident-chat")
    expect(chat).to_contain_text("刘小燕师傅会到场")
    for words in ("2", "没有", "跳过"):
        said = chat.locator("> *").count()
        page.locator("#resident-say input").fill(words)
        page.locator("#resident-say .send").click()
        expect(chat.locator("> *").nth(said + 1)).to_be_visible()
    expect(chat).to_contain_text("都记下了")
    [number] = {ticket.number for ticket in alone.tickets()} - before
    page.screenshot(path=tmp_path / "resident.png")
    alone.manager("liuxiaoyan").card(number)
    turn_to(page, "member")
    card = page.locator("#member-chat .card").last
    expect(card).to_contain_text(number)
    card.get_by_role("button", name="接单").click()
    alone.becomes(number, "accepted")
    page.screenshot(path=tmp_path / "manager.png")
    turn_to(page, "resident")
    expect(chat).to_contain_text("已接单")
    page.screenshot(path=tmp_path / "heard.png")
