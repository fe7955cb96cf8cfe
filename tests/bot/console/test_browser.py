"""The console in a real Chromium: keys, live news, what was typed, and what axe finds."""

import re
import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from bot.access import passwords
from handlers.applications import materials
from handlers.grid.models import Community, Staff
from handlers.tickets import service
from tests.bot.console.conftest import open_ticket
from tests.bot.console.test_application import apply
from tests.bot.simulator.browser import chromium

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 860}
PASSWORD = "correct-horse"
PAGES = ("/", "/outages", "/outages/new", "/map", "/storms", "/review", "/deliveries", "/groups")
PAGES += ("/me", "/me/totp", "/shift", "/budget", "/misrouted", "/import")
PAGES += ("/opinions", "/points", "/anomalies", "/incidents", "/gatherings")


@pytest.fixture(scope="module")
def chrome():
    with chromium() as browser:
        yield browser


@pytest.fixture
def base(app, parts) -> Iterator[str]:
    with parts.database.scope() as session:
        for userid in ("zhou", "command"):
            passwords.set_password(session.get_one(Staff, userid), PASSWORD)
        for code, place in (("C001", (29.71, 116.00)), ("C002", (29.70, 115.99))):
            community = session.get_one(Community, code)
            community.latitude, community.longitude = place
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/console"
    server.shutdown()
    thread.join()
    server.server_close()


def sign_in(chrome, base: str, userid: str, *, size=DESK, scheme="light") -> Page:
    page = chrome.new_context(viewport=size, color_scheme=scheme).new_page()
    page.goto(f"{base}/login")
    page.fill("[name=username]", userid)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{base}/")
    return page


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical, and what is wider than the screen."""
    for details in page.query_selector_all("details"):
        details.evaluate("one => { one.open = true }")
    found = [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found + ([f"{width} pixels too wide"] if width > 0 else [])


def test_a_ticket_is_taken_and_done_with_the_keyboard(chrome, base, ticket):
    page = sign_in(chrome, base, "zhou")
    page.keyboard.press("j")
    page.keyboard.press("o")
    for after in ("出发", "到场", "办结"):
        expect(page.locator("h1")).to_contain_text("棉纺一厂宿舍")
        page.keyboard.press("e")
        expect(page.locator("[data-next]")).to_have_text(after)
    page.keyboard.press("e")
    page.keyboard.type("已更换保险，恢复供电。")
    for box in page.query_selector_all("[name=evidence]"):
        box.check()
    page.click("[data-next]")
    expect(page.locator(".told")).to_contain_text("已办结")
    page.context.close()


def test_a_canned_reply_is_filled_in_and_sent(chrome, base, ticket):
    page = sign_in(chrome, base, "zhou")
    page.goto(f"{base}/tickets/{ticket}")
    page.keyboard.press("r")
    expect(page.locator("#reply-text")).to_be_focused()
    page.click("[data-insert]:has-text('在路上')")
    expect(page.locator("#reply-text")).to_have_value(
        re.compile("周志强师傅到棉纺一厂宿舍，正在路上")
    )
    page.click("text=发给住户")
    expect(page.locator(".timeline")).to_contain_text("正在路上")
    page.context.close()


def test_what_was_typed_survives_a_colleagues_step(chrome, base, parts, ticket):
    page = sign_in(chrome, base, "zhou")
    page.goto(f"{base}/tickets/{ticket}")
    page.fill("#reply-text", "我十分钟到")
    with parts.working() as desk:
        service.accept(desk, service.get(desk, ticket), by="liu")
    page.click("text=发给住户")
    expect(page.locator("[role=alert]")).to_contain_text("刘小燕：接单")
    expect(page.locator("#reply-text")).to_have_value("我十分钟到")
    page.context.close()


def test_a_new_ticket_comes_by_itself_and_what_was_ticked_stays(chrome, base, parts, ticket):
    page = sign_in(chrome, base, "zhou")
    page.check(f"[value={ticket}]")
    number = open_ticket(parts, openid="openid-li", building="2", room="101")
    expect(page.locator(f"[data-number={number}]")).to_be_visible(timeout=15_000)
    expect(page.locator(f"[value={ticket}]")).to_be_checked()
    expect(page.locator("#bulk")).to_be_visible()
    page.context.close()


def test_the_command_bar_finds_and_commands(chrome, base, ticket):
    page = sign_in(chrome, base, "zhou")
    page.keyboard.press("Control+k")
    page.keyboard.type(f"接单 {ticket}")
    page.keyboard.press("Enter")
    expect(page.locator(".told")).to_contain_text("已接单")
    page.keyboard.press("Control+k")
    page.keyboard.type("2625")
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-number={ticket}]")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_everyone_can_use_every_page(chrome, base, parts, ticket, size, scheme):
    page = sign_in(chrome, base, "command", size=size, scheme=scheme)
    open_ticket(parts, community_code=None, place_text="老棉纺家属院", openid="openid-x")
    open_ticket(parts, category="suggestion", text="停电前请早点通知", openid="openid-y")
    found = {}
    for path in (*PAGES, f"/tickets/{ticket}", f"/tickets/{application_with_papers(parts)}"):
        page.goto(base + path)
        found[path] = faults(page)
    page.keyboard.press("Control+k")
    found["commands"] = faults(page)
    assert {path: one for path, one in found.items() if one} == {}
    page.context.close()


def test_papers_are_looked_at_on_a_phone(chrome, base, parts):
    number = apply(parts, spot="owned")
    with parts.working() as desk:
        materials.take_materials(desk, service.get(desk, number), by="zhou", names=["身份证"])
    page = sign_in(chrome, base, "zhou", size=PHONE)
    page.goto(f"{base}/tickets/{number}")
    space = page.locator(".paper", has_text="车位产权证明")
    expect(space.locator(".why")).to_be_hidden()
    space.get_by_label("要重发").check()
    space.locator(".why input").fill("照片看不清")
    page.click("text=提交核对结果")
    expect(page.locator(".told")).to_contain_text("要重发的住户已知道")
    expect(page.locator(".paper.returned")).to_contain_text("照片看不清")
    page.context.close()


def application_with_papers(parts) -> str:
    """One with a paper sent back, a running stage and a look on site to come."""
    number = apply(parts, "close_account", same_point="neither")
    with parts.working() as desk:
        ticket = service.get(desk, number)
        materials.return_for(desk, ticket, ["身份证"], by="zhou", reason="照片看不清")
    return number


def test_the_phone_has_the_next_step_under_the_thumb(chrome, base, ticket):
    page = sign_in(chrome, base, "zhou", size=PHONE)
    page.goto(f"{base}/tickets/{ticket}")
    button = page.locator("[data-next]").bounding_box()
    assert button["height"] >= 48
    assert button["width"] > 280
    assert PHONE["height"] / 2 < button["y"] < PHONE["height"] - 60
    page.context.close()
