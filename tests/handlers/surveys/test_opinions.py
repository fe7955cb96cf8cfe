"""Suggestions are answered to each who made one, and summed up by topic."""

import pytest
import sqlalchemy as sa

from handlers.errors import DomainError
from handlers.surveys import opinions
from handlers.tickets.models import Ticket
from notifier.models import OutboxMessage
from tests.handlers.surveys.conftest import Station


def suggested(station: Station, topic: str = "停电感知", **facts: object) -> Ticket:
    return station.reports("suggestion", fields={"topic": topic}, **facts)


def heard(station: Station, openid: str) -> str:
    query = sa.select(OutboxMessage).where(
        OutboxMessage.target == openid, OutboxMessage.kind == "ticket_resolve"
    )
    return " ".join(row.payload["text"] for row in station.desk.session.scalars(query))


def test_everyone_who_suggested_it_is_told_what_became_of_it(station: Station) -> None:
    one, other = suggested(station), suggested(station, openid="openid-li")
    numbers = [one.number, other.number]
    opinions.answer(station.desk, numbers, by="deng", is_adopted=True, text="下月起提前三天发群里")
    for openid in ("openid-wang", "openid-li"):
        assert "已采纳：下月起提前三天发群里" in heard(station, openid)


def test_a_refusal_needs_its_reason(station: Station) -> None:
    ticket = suggested(station)
    with pytest.raises(DomainError):
        opinions.answer(station.desk, [ticket.number], by="deng", is_adopted=False, text=" ")
    assert ticket.state == "assigned"


def test_only_suggestions_are_answered_so(station: Station) -> None:
    ticket = station.reports("complaint")
    with pytest.raises(DomainError):
        opinions.answer(station.desk, [ticket.number], by="deng", is_adopted=True, text="好")


def test_the_digest_counts_by_topic(station: Station) -> None:
    tickets = [suggested(station), suggested(station), suggested(station, "电费缴纳")]
    opinions.answer(station.desk, [tickets[0].number], by="deng", is_adopted=True, text="好")
    opinions.answer(station.desk, [tickets[2].number], by="deng", is_adopted=False, text="做不到")
    found = opinions.digest(station.desk, 2026, 11, "CD")
    assert [(t.topic, t.count, t.adopted, t.declined, t.waiting) for t in found.topics] == [
        ("停电感知", 2, 1, 0, 1),
        ("电费缴纳", 1, 0, 1, 0),
    ]
    assert [t.number for t in opinions.waiting(station.desk)["停电感知"]] == [tickets[1].number]


def test_the_digest_goes_out_once_in_the_next_month(station: Station) -> None:
    suggested(station)
    station.at("+6 11:00")  # Tuesday the first of December
    assert opinions.send_last_month(station.desk) == 3
    assert opinions.send_last_month(station.desk) == 0
    (message,) = station.told("deng", "opinion_digest")
    assert "2026年11月" in message.payload["text"]
    assert "停电感知 1 条" in message.payload["text"]


def test_december_is_followed_by_january(station: Station) -> None:
    assert opinions.digest(station.desk, 2026, 12).topics == ()
