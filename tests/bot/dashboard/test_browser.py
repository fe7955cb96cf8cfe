"""The wall in a real Chromium: it draws, turns, fits a phone, and breaks no rule of the CSP."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from bot import chores, streams
from bot.parts import Parts
from tests.bot.console.conftest import open_ticket
from tests.bot.simulator.browser import chromium

pytestmark = pytest.mark.browser
TODAY = """(wanted) => [...document.querySelectorAll(".tile")].some(
    (tile) => tile.innerText.includes("今日受理") && tile.querySelector("b").innerText === wanted)"""


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def address(app: Flask, numbers: list[str]) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def opened(
    chrome: Browser, address: str, as_person: Callable[[str], FlaskClient]
) -> Iterator[Callable[..., tuple[Page, list[str]]]]:
    """A page of the command centre at a size, and what the browser complained of."""
    cookie = as_person("command").get_cookie("session")
    contexts = []

    def open_at(path: str, width: int, height: int, *, wants: str = "") -> tuple[Page, list[str]]:
        context = chrome.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        page, complaints = context.new_page(), []
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if wants:
            with page.expect_response(lambda answer: wants in answer.url):
                page.goto(f"{address}{path}")
        else:
            page.goto(f"{address}{path}")
        return page, complaints

    yield open_at
    for context in contexts:
        context.close()


def test_the_wall_fills_one_screen(opened: Callable[..., tuple[Page, list[str]]]) -> None:
    page, complaints = opened("/dashboard/", 1920, 1080)
    page.wait_for_selector(".tile")
    page.wait_for_selector("#states canvas")
    assert page.evaluate("document.documentElement.scrollHeight") == 1080
    assert page.locator(".tile").count() == 9
    assert complaints == []


def test_panels_turn_and_tiles_lead_to_tickets(
    opened: Callable[..., tuple[Page, list[str]]], numbers: list[str]
) -> None:
    page, complaints = opened("/dashboard/", 1920, 1080)
    page.wait_for_selector("#words canvas")
    page.evaluate("turnAll()")
    assert page.locator("#ages canvas").is_visible()
    assert page.locator("#incidents").inner_text().count("棉纺一厂宿舍#1公变") == 1
    page.get_by_role("link", name="满意率").click()
    page.wait_for_url("**/dashboard/tickets?figure=unsatisfied**")
    assert page.get_by_role("link", name=numbers[2]).is_visible()
    assert complaints == []


@pytest.mark.parametrize("is_full", [False, True])
def test_what_happens_is_on_the_wall_soon_with_a_stream_or_without(
    opened: Callable[..., tuple[Page, list[str]]],
    parts: Parts,
    monkeypatch: pytest.MonkeyPatch,
    numbers: list[str],
    *,
    is_full: bool,
) -> None:
    if is_full:
        monkeypatch.setattr(streams.Places, "taken_by", lambda *_: ("", 204))
    page, complaints = opened("/dashboard/", 1920, 1080, wants="/dashboard/events")
    page.wait_for_function(TODAY, arg="5")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_ticket(parts, openid="openid-y", building="5")
    chores.count_figures(parts)
    page.wait_for_function(TODAY, arg="6", timeout=60_000)
    assert any("figures.json" in url for url in asked) == is_full
    assert complaints == []


@pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/reports", "/dashboard/tickets"])
def test_pages_fit_a_phone(opened: Callable[..., tuple[Page, list[str]]], path: str) -> None:
    page, complaints = opened(path, 390, 844)
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert complaints == []
