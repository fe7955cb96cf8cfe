"""Other systems hear of tickets: signed, at least once, without persons, only what they asked for."""

import json
from collections.abc import Iterator

import httpx
import pytest
import sqlalchemy as sa

from config.clock import Clock
from handlers import reactions
from handlers.errors import DomainError
from handlers.subscriptions import service as subscriptions
from handlers.tickets import service
from handlers.tickets.opening import Wish, open_ticket
from notifier.channels.webhook_out import WebhookOut
from notifier.delivery import Delivery
from notifier.models import Channel, OutboxMessage
from tests.support import other_system
from tests.support.desks import NOW, TABLES, fill_registry, make_desk
from tests.support.other_system import OtherSystem


@pytest.fixture
def system() -> Iterator[OtherSystem]:
    with other_system.running() as running:
        yield running


@pytest.fixture
def desk(database):
    with database.scope() as session:
        fill_registry(session)
        yield make_desk(session)


def happens(desk, source: str = "95598") -> str:
    """A ticket is opened and accepted; its number."""
    wish = Wish(
        "outage",
        "没电了，电话19900002625",
        source=source,
        external_number=f"X-{source}",
        community_code="C001",
        name="王芳",
        phone="19900002625",
        keeps_apart=True,
    )
    ticket, _ = open_ticket(desk, wish)
    service.accept(desk, ticket, by="zhou")
    reactions.settle(desk)
    return ticket.number


def bodies(desk) -> list[dict]:
    query = sa.select(OutboxMessage).where(OutboxMessage.channel == Channel.WEBHOOK_OUT)
    return [row.payload for row in desk.session.scalars(query.order_by(OutboxMessage.id))]


def test_each_step_is_told_once_with_an_id_and_without_persons(desk, system):
    subscriptions.add(desk, "95598", system.address, [])
    number = happens(desk)
    told = bodies(desk)
    assert [(one["number"], one["action"]) for one in told] == [
        (number, "open"),
        (number, "accept"),
    ]
    assert len({one["id"] for one in told}) == 2
    assert told[1]["external_number"] == "X-95598"
    assert "王芳" not in json.dumps(told, ensure_ascii=False)
    assert "19900002625" not in json.dumps(told)


def test_only_the_sources_that_were_asked_for(desk, system):
    subscriptions.add(desk, "city", system.address, ["12345"])
    happens(desk, "95598")
    assert bodies(desk) == []
    happens(desk, "12345")
    assert {one["source_channel"] for one in bodies(desk)} == {"12345"}


def test_who_is_removed_hears_nothing_and_the_same_name_moves(desk, system):
    subscriptions.add(desk, "95598", "https://old.example/hook", [])
    subscriptions.add(desk, "95598", system.address, [])
    assert [one.url for one in subscriptions.living(desk)] == [system.address]
    assert subscriptions.end(desk, "95598")
    assert not subscriptions.end(desk, "95598")
    happens(desk)
    assert bodies(desk) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://other.example/x",
        "ftp://127.0.0.1/x",
        "https://",
        "https://user:secret@h/x",
        "http://[",
        "",
    ],
)
def test_what_is_no_safe_address_is_refused(desk, url):
    with pytest.raises(DomainError, match="https://HOST/PATH"):
        subscriptions.add(desk, "x", url, [])
    with pytest.raises(DomainError, match="known: wechat"):
        subscriptions.add(desk, "x", "https://other.example/x", ["nonsense"])


def test_a_system_that_was_down_gets_the_same_id_again(database, system):
    with database.scope() as session:
        fill_registry(session)
        working = make_desk(session)
        subscriptions.add(working, "95598", system.address, [])
        happens(working)
    system.answers = [503]
    times = iter([NOW] * 6)
    clock = Clock(source=lambda: next(times, NOW.replace(hour=12)))
    with httpx.Client(timeout=5) as http:
        channel = WebhookOut(http, "secret-of-ours", clock.now)
        delivery = Delivery(database, {Channel.WEBHOOK_OUT: channel}, TABLES.channels, clock)
        for _ in range(20):
            delivery.deliver_due()
            ids = [json.loads(body)["id"] for _, body in system.got]
            if len(ids) >= 3:
                break
        delivery.close()
    assert len(set(ids)) == 2
    assert len(ids) == 3
