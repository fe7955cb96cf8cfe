"""The wall's figures: right, scoped, cached, and each leading to a page."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from bot import serving, streams
from bot.dashboard import screen
from bot.parts import Parts
from handlers.tickets import service
from tests.bot.console.conftest import open_ticket

AsPerson = Callable[[str], FlaskClient]


def figures(client: FlaskClient, query: str = "") -> dict[str, Any]:
    return client.get(f"/dashboard/figures.json{query}").json


def tile(found: dict[str, Any], label: str) -> str:
    return next(one["value"] for one in found["tiles"] if one["label"] == label)


def test_nobody_sees_it_without_signing_in(app: Flask) -> None:
    for path in ("/", "/figures.json", "/tickets", "/reports", "/reports.pdf", "/reports.xlsx"):
        answer = app.test_client().get(f"/dashboard{path}")
        assert answer.status_code == 302
        assert "/console/login" in answer.location


@pytest.mark.parametrize("userid", ["zhou", "he", "wan", "xu"])
def test_staff_who_do_not_lead_are_refused(as_person: AsPerson, userid: str) -> None:
    for path in ("/", "/figures.json", "/tickets", "/reports"):
        assert as_person(userid).get(f"/dashboard{path}").status_code == 403


def test_the_command_centre_sees_all_and_a_station_its_own(
    as_person: AsPerson, numbers: list[str]
) -> None:
    assert tile(figures(as_person("command")), "今日受理") == "5"
    assert tile(figures(as_person("hu")), "今日受理") == "4"
    assert tile(figures(as_person("qiu")), "今日受理") == "0"
    assert tile(figures(as_person("qiu"), "?station=CD"), "今日受理") == "0"
    assert tile(figures(as_person("command"), "?station=CD"), "今日受理") == "4"


def test_the_rates_are_those_of_the_marks(as_person: AsPerson, numbers: list[str]) -> None:
    found = figures(as_person("command"))
    assert tile(found, "满意率") == "50.0"
    assert tile(found, "解决率") == "50.0"
    assert tile(found, "15分钟内到场") == "100.0"
    assert tile(found, "在办") == "3"
    assert sum(row["value"] for row in found["states"]) == 3
    assert sum(row["value"] for row in found["ages"]) == 3


def test_every_figure_leads_to_a_page_that_shows_its_tickets(
    as_person: AsPerson, numbers: list[str]
) -> None:
    client = as_person("command")
    for query in ("", "?station=CD"):
        addresses = set(_hrefs(figures(client, query)))
        assert len(addresses) > 15
        for address in addresses:
            assert client.get(address).status_code == 200, address


def test_the_list_behind_a_figure_names_its_tickets(
    as_person: AsPerson, numbers: list[str]
) -> None:
    page = as_person("command").get("/dashboard/tickets?figure=unsatisfied").text
    assert numbers[2] in page
    assert numbers[1] not in page
    assert as_person("qiu").get("/dashboard/tickets?figure=created").text.count("<tr>") == 0
    assert as_person("command").get("/dashboard/tickets?figure=nonsense").status_code == 404


def test_what_happened_is_seen_after_the_next_count(
    parts: Parts, as_person: AsPerson, numbers: list[str]
) -> None:
    with parts.working() as desk:
        service.accept(desk, service.get(desk, numbers[0]), by="zhou")
    page = as_person("command").get("/dashboard/tickets?figure=open&state=accepted").text
    assert numbers[0] not in page


def test_figures_are_kept_for_some_seconds(
    parts: Parts, as_person: AsPerson, numbers: list[str]
) -> None:
    client = as_person("command")
    before = figures(client)["at"]
    open_ticket(parts, openid="openid-z")
    assert figures(client)["at"] == before


def test_the_stream_brings_the_figures_and_then_the_time(
    monkeypatch: pytest.MonkeyPatch, as_person: AsPerson, numbers: list[str]
) -> None:
    monkeypatch.setattr(screen, "QUICK_SECONDS", 0.01)
    answer = as_person("hu").get("/dashboard/events?station=CX")
    assert answer.mimetype == "text/event-stream"
    lines = iter(answer.response)
    assert next(lines).decode() == streams.RETRY
    told = next(lines).decode()
    assert told.startswith("event: figures\ndata: ")
    assert tile(json.loads(told.split("data: ", 1)[1]), "今日受理") == "4"
    assert next(lines).decode().startswith("event: clock\n")
    answer.close()


def test_more_screens_than_places_ask_instead(as_person: AsPerson) -> None:
    client = as_person("command")
    open_ones = [client.get("/dashboard/events") for _ in range(streams.WALL)]
    assert client.get("/dashboard/events").status_code == 204
    open_ones[0].close()
    again = client.get("/dashboard/events")
    assert again.status_code == 200
    for one in (*open_ones[1:], again):
        one.close()


def test_streams_leave_half_of_the_servers_threads_free() -> None:
    assert streams.CONSOLE + streams.WALL <= serving.THREADS // 2


def test_the_page_has_no_inline_script(as_person: AsPerson) -> None:
    page = as_person("command").get("/dashboard/").text
    assert "<script src=" in page
    assert "<script>" not in page
    assert " style=" not in page
    assert "onclick" not in page


def test_a_supervised_case_is_listed_and_its_file_is_a_pdf(
    as_person: AsPerson, supervised: str
) -> None:
    client = as_person("command")
    assert [row["href"] for row in figures(client)["supervised"]] == [
        f"/console/tickets/{supervised}"
    ]
    answer = client.get(f"/dashboard/cases/{supervised}.pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    for words in ("督办案卷", "住户的评价", "周志强"):
        assert words in text
    assert as_person("qiu").get(f"/dashboard/cases/{supervised}.pdf").status_code == 404
    assert client.get("/dashboard/cases/T2020010100001.pdf").status_code == 404


def _hrefs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            if name == "href":
                yield one
            elif name == "hrefs":
                yield from one
            else:
                yield from _hrefs(one)
    elif isinstance(value, list):
        for one in value:
            yield from _hrefs(one)
