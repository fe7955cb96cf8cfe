"""Every page a signed-in person reaches: headers, no inline script or style, nothing from elsewhere."""

from collections import deque
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from bot.access.proxies import BehindProxy
from handlers.tickets.models import Category
from handlers.tickets.opening import Wish, open_ticket
from tests.bot.access.conftest import OPENID

BASE = "http://localhost"
PAGES_AT_MOST = 80
STARTS = (
    "/console/",
    "/console/outages",
    "/console/me",
    "/console/me/totp",
    "/dashboard/",
    "/dashboard/reports",
)
DATA_TYPES = {"application/json", "application/ld+json"}


class Page(HTMLParser):
    """What of a page the policy would refuse, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.leads: list[str] = []
        self.fetches: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        for name in given:
            if name.startswith("on") or name == "style":
                self.faults.append(f"<{tag} {name}=…>")
        if tag == "style":
            self.faults.append("<style>")
        if tag == "script" and "src" not in given and given.get("type") not in DATA_TYPES:
            self.faults.append("<script> without src")
        for name in ("href", "src", "action", "hx-get", "hx-post", "formaction"):
            if str(given.get(name) or "").strip().lower().startswith("javascript:"):
                self.faults.append(f"<{tag} {name}=javascript:>")
        if tag == "a" and given.get("href"):
            self.leads.append(given["href"])
        if tag in {"script", "img", "iframe"} and given.get("src"):
            self.fetches.append(given["src"])
        if tag == "link" and given.get("href"):
            self.fetches.append(given["href"])


def crawl(client, starts):
    """Pages reached from where one starts, each address once, a bounded number of them."""
    waiting, seen = deque(starts), set(starts)
    while waiting and len(seen) < PAGES_AT_MOST:
        path = waiting.popleft()
        answer = client.get(path, follow_redirects=False)
        if answer.status_code in {301, 302, 303} and answer.location:
            found = [answer.location]
        elif answer.mimetype == "text/html":
            page = Page(answer.text)
            yield path, answer, page
            found = page.leads
        else:
            answer.close()
            continue
        for lead in found:
            address = urldefrag(urljoin(BASE + path, lead)).url
            target = urlsplit(address)
            whole = target.path + (f"?{target.query}" if target.query else "")
            if target.netloc == "localhost" and whole not in seen and is_page(target.path):
                seen.add(whole)
                waiting.append(whole)


def is_page(path: str) -> bool:
    return path.startswith(("/console", "/dashboard", "/h5")) and not path.endswith(
        ("/events", ".xlsx", ".pdf", ".csv", ".yml", "/live")
    )


@pytest.fixture
def pages(signed_in, ticket, link):
    """Everything that someone of the command centre and a resident reach."""
    public = [link("ticket", ticket), link("survey", ticket), "/h5/outages", "/console/login"]
    return list(crawl(signed_in("command"), [*STARTS, f"/console/tickets/{ticket}", *public]))


def test_no_page_has_inline_script_or_style(pages):
    assert len(pages) >= 15
    assert {path: page.faults for path, _, page in pages if page.faults} == {}


def test_no_page_fetches_anything_from_elsewhere(pages):
    for path, _, page in pages:
        for source in page.fetches:
            assert source.startswith(("/", "data:")), (path, source)
            assert not source.startswith("//"), (path, source)


def test_every_page_carries_the_headers(pages):
    for path, answer, _ in pages:
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy, path
        assert "unsafe-inline" not in policy, path
        assert "unsafe-eval" not in policy, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path


def test_pages_about_people_are_kept_by_no_cache(pages):
    for path, answer, _ in pages:
        if not path.startswith("/h5/outages"):
            assert "no-store" in answer.headers["Cache-Control"], path


def test_words_of_residents_are_shown_as_words(parts, signed_in, client, link):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>停电"
    with parts.working() as desk:
        made, _ = open_ticket(
            desk,
            Wish(Category.OUTAGE, evil, community_code="C001", name="<b>王</b>", openid=OPENID),
        )
        number = made.number
    browser = signed_in("command")
    for path in ("/console/?view=all", f"/console/tickets/{number}", "/console/?q=<script>x"):
        text = browser.get(path).text
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        assert "<b>王" not in text, path
        assert "<script>x" not in text, path


class Recorder:
    def __call__(self, environ, start):
        self.address = environ["REMOTE_ADDR"]
        return []


@pytest.mark.parametrize(
    ("peer", "seen"),
    [
        ("127.0.0.1", "9.9.9.9"),
        ("172.18.0.5", "9.9.9.9"),
        ("8.8.8.8", "8.8.8.8"),
        ("::1", "9.9.9.9"),
    ],
)
def test_a_caller_from_outside_cannot_say_that_he_is_somebody_else(peer, seen):
    recorder = Recorder()
    BehindProxy(recorder)({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": "9.9.9.9"}, lambda *_: None)
    assert recorder.address == seen


def test_metrics_answer_loopback_alone_without_a_token(client):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "9.9.9.9"}).status_code == 403
