"""The queue: views and their counts, filters and search, several at once, the command bar."""

import csv
import html
import io
import re

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from bot.console import queue
from handlers.tickets.models import Ticket
from tests.bot.console.conftest import open_ticket, read


@pytest.fixture
def three(parts) -> list[str]:
    """An outage and a bill of 棉纺一厂宿舍, and one of nowhere."""
    return [
        open_ticket(parts),
        open_ticket(
            parts,
            category="billing",
            text="电费多了一百",
            openid="openid-li",
            phone="19900007777",
            account_number="3600099999999",
        ),
        open_ticket(parts, community_code=None, place_text="老棉纺家属院", openid="openid-x"),
    ]


def numbers(page: str, of: list[str]) -> set[int]:
    return {index for index, number in enumerate(of) if f'data-number="{number}"' in page}


@pytest.mark.parametrize(
    ("userid", "view", "seen"),
    [
        ("zhou", "mine", {0}),
        ("wan", "mine", {1}),
        ("zhou", "station", {0, 1}),
        ("zhou", "waiting", {0, 1}),
        ("zhou", "all", {0, 1}),
        ("luo", "station", set()),
        ("luo", "all", set()),
        ("command", "station", {0, 1, 2}),
        ("command", "general", {2}),
        ("zhou", "rating", set()),
    ],
)
def test_a_view_holds_what_it_says_and_only_the_own_stations(three, browser, userid, view, seen):
    assert numbers(browser(userid).get(f"/?view={view}").text, three) == seen


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ("2625", {0}),
        ("19900007777", {1}),
        ("3600012345678", {0, 2}),
        ("多了一百", {1}),
        ("棉纺一厂", {0, 1}),
        ("100%", set()),
        ("_", set()),
        ("棉纺 没电", {0}),
        ("\x00", {0, 1}),
    ],
)
def test_search_finds_by_phone_tail_phone_account_and_words(three, browser, words, seen):
    page = browser("command").get("/", query_string={"q": words}).text
    found = numbers(page, three)
    assert found - {2} == seen - {2}


def test_search_finds_a_number_and_not_another_stations(three, browser):
    assert numbers(browser("zhou").get(f"/?q={three[0].lower()}").text, three) == {0}
    assert numbers(browser("luo").get(f"/?q={three[0]}").text, three) == set()


@pytest.mark.parametrize(
    ("filters", "seen"),
    [
        ("category=billing", {1}),
        ("priority=P1", {0}),
        ("grid=CD01", {0, 1}),
        ("grid=none", set()),
        ("state=accepted", set()),
        ("community=C001", {0, 1}),
        ("category=nonsense&page=abc&state=%00", {0, 1}),
    ],
)
def test_filters_are_in_the_address(three, browser, filters, seen):
    assert numbers(browser("zhou").get(f"/?view=station&{filters}").text, three) == seen


def rows(page: str) -> list[str]:
    return re.findall(r'data-number="(\w+)"', page)


def next_page(page: str) -> str:
    found = re.search(r'rel="next" href="([^"]+)"', page)
    return "/" + html.unescape(found[1]) if found else ""


@pytest.mark.parametrize("view", ["station", "all"])
def test_every_ticket_is_on_exactly_one_page(parts, browser, monkeypatch, view):
    monkeypatch.setattr(queue, "PAGE", 3)
    made = [
        open_ticket(parts, category=category, openid=f"openid-{n}", keeps_apart=True)
        for n, category in enumerate(["outage", "billing", "hazard", "outage", "consult"] * 2)
    ]
    with parts.database.scope() as session:  # ones without a deadline come last of their priority
        session.execute(
            sa.update(Ticket).where(Ticket.number.in_(made[::3])).values(next_due_at=None)
        )
    person, seen, address = browser("zhou"), [], f"/?view={view}"
    while address:
        page = person.get(address).text
        seen += rows(page)
        address = next_page(page)
    assert len(seen) == len(set(seen))
    assert set(seen) == set(made)
    monkeypatch.setattr(queue, "PAGE", 50)
    assert rows(person.get(f"/?view={view}").text) == seen


def test_a_page_that_begins_nowhere_is_the_first(three, browser):
    for after in ("x", "P9-1-1", "P2-9-", "99999999999999999999", "%00"):
        assert numbers(browser("zhou").get(f"/?view=station&after={after}").text, three) == {0, 1}
    assert "后面没有了" in browser("zhou").get("/?view=all&after=0").text


def test_counts_stand_at_the_views(three, browser):
    page = browser("zhou").get("/").text
    assert '待接单 <b class="count ">2</b>' in page


@pytest.mark.parametrize("view", ["mine", "waiting", "soon", "overdue", "station", "rating"])
def test_an_empty_view_teaches(browser, view):
    page = browser("luo").get(f"/?view={view}").text
    assert 'class="empty"' in page


def test_the_live_part_is_the_list_alone(three, browser):
    part = browser("zhou").get("/", headers={"HX-Request": "true", "HX-Target": "live"}).text
    assert "<html" not in part
    assert three[0] in part


def test_several_are_accepted_at_once_or_none(parts, three, browser):
    person = browser("deng")
    answer = person.post("/bulk", number=three[:2], action="accept", back="/console/?view=waiting")
    assert answer.location == "/console/?view=waiting"
    assert {read(parts, number).state for number in three[:2]} == {"accepted"}
    refused = person.post("/bulk", number=three[:2], action="transfer", to="")
    assert refused.status_code == 422


def test_one_that_cannot_be_accepted_leaves_the_others_as_they_were(parts, three, browser):
    person = browser("deng")
    person.post("/bulk", number=[three[1]], action="accept")
    assert person.post("/bulk", number=three[:2], action="accept").status_code == 409
    assert read(parts, three[0]).state == "assigned"


def test_nothing_chosen_is_said(browser):
    assert "先勾上" in browser("zhou").post("/bulk", action="accept").text


def test_the_command_bar_takes_staff_commands(parts, three, browser):
    person = browser("zhou")
    answer = person.post("/command", text=f"接单 {three[0]}")
    assert answer.location == f"/console/tickets/{three[0]}"
    assert read(parts, three[0]).state == "accepted"
    assert person.post("/command", text="办结").status_code == 422
    assert "q=2625" in person.post("/command", text="2625").location


def test_names_of_residents_are_text_and_no_markup(parts, browser):
    open_ticket(parts, text="<script>alert(1)</script>停电", openid="openid-evil")
    page = browser("zhou").get("/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_the_filters_show_leaves_as_a_table_without_persons(parts, three, browser, kind):
    open_ticket(parts, category="consult", text="=HYPERLINK(1) 电话19900002625", openid="o-f")
    answer = browser("deng").get(f"/export?view=all&category=consult&format={kind}")
    if kind == "csv":
        table = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    else:
        table = [list(row) for row in load_workbook(io.BytesIO(answer.data))["tickets"].values]
    assert table[0][0] == "单号"
    assert [row[3] for row in table[1:]] == ["咨询"]
    assert table[1][8].startswith("'=HYPERLINK")
    assert "19900002625" not in str(table)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=tickets.{kind}"


def test_a_table_holds_the_own_stations_tickets_alone(three, browser):
    assert browser("zhou").get("/export").status_code == 403
    assert three[0] in browser("deng").get("/export?view=all&format=csv").text
    assert three[0] not in browser("qiu").get("/export?view=all&format=csv").text
    assert "/console/export?" in browser("deng").get("/").text
    assert "/console/export?" not in browser("zhou").get("/").text
