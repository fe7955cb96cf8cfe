"""Redis goes and comes, the database is locked, platforms answer badly: nothing is lost."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
import redis as redis_package
import sqlalchemy as sa

from bot.conversation.sorry import TROUBLE
from notifier.models import OutboxMessage, OutboxState
from tests.support.product import Product, Resident, eventually
from tests.support.systems import key_for

CUSTOM_SEND = "cgi-bin/message/custom/send"
CARD_SEND = "cgi-bin/message/send"
LOCKED_SECONDS = 6.0
TEMPORARY = (
    {"kind": "errcode", "code": 40001},
    {"kind": "errcode", "code": 42001},
    {"kind": "errcode", "code": -1},
    {"kind": "html"},
    {"kind": "half"},
    {"kind": "reset"},
    {"kind": "silence", "seconds": 0.1},
    {"kind": "status", "code": 502},
)


def name_of(fault: dict[str, object]) -> str:
    return f"{fault['kind']}{fault.get('code', '')}"


def reported(product: Product) -> tuple[Resident, str]:
    resident = product.resident()
    resident.says("东风新村3栋停电了").says("不清楚").says("跳过")
    return resident, product.ticket_of(resident).number


@pytest.mark.parametrize("fault", TEMPORARY, ids=name_of)
def test_after_a_bad_answer_the_message_arrives_all_the_same(
    product: Product, fault: dict[str, object]
):
    resident, number = reported(product)
    product.fails(CUSTOM_SEND, **fault)
    product.manager("zhouzhiqiang").says(f"回复 {number} 师傅出发了")
    resident.hears("师傅出发了")


@pytest.mark.parametrize("fault", TEMPORARY[2:5], ids=name_of)
def test_after_a_bad_answer_the_card_comes_all_the_same(product: Product, fault: dict[str, object]):
    product.fails(CARD_SEND, **fault)
    _, number = reported(product)
    product.manager("zhouzhiqiang").card(number)


def test_what_the_platform_refuses_for_good_is_dead_with_a_reason_and_can_be_sent_again(
    product: Product,
):
    resident, number = reported(product)
    product.fails(CUSTOM_SEND, "errcode", code=40003)
    product.manager("zhouzhiqiang").says(f"回复 {number} 十分钟到")
    row = eventually(lambda: outbox(product, number, "ticket_reply", OutboxState.DEAD), "dead")
    assert "40003" in row.error or "openid" in row.error
    assert resident.heard("十分钟到") == 0


def test_a_quota_that_is_used_up_is_said_and_another_way_is_found(product: Product):
    resident, number = reported(product)
    product.fails(CUSTOM_SEND, "errcode", code=45009)
    product.manager("zhouzhiqiang").says(f"回复 {number} 备件在路上")

    def is_settled() -> bool:
        waiting = outbox(product, number, "ticket_reply", OutboxState.PENDING)
        return bool(resident.heard("备件在路上") or (waiting and waiting.error))

    eventually(is_settled, "the message is there, or the reason why it waits")


def outbox(product: Product, number: str, kind: str, state: OutboxState) -> OutboxMessage | None:
    with product.parts.database.reading() as session:
        query = sa.select(OutboxMessage).filter_by(ticket_number=number, kind=kind, state=state)
        found = session.scalar(query.limit(1))
        session.expunge_all()
    return found


def test_with_redis_down_residents_are_answered_and_cards_come(product: Product):
    with suppress(redis_package.ConnectionError):
        product.parts.redis.shutdown(nosave=True)
    resident, number = reported(product)
    product.manager("zhouzhiqiang").card(number)
    product.manager("zhouzhiqiang").says(f"接单 {number}")
    resident.hears("已接单", number)
    eventually(
        lambda: "redis" not in product.http.get("/readyz").json()["degraded"],
        "the embedded Redis is started again",
    )
    resident, number = reported(product)
    product.manager("zhouzhiqiang").card(number)


def test_with_the_database_locked_the_writer_is_told_and_nothing_is_lost(product: Product):
    resident = product.resident()
    with locked(product):
        resident.says("针织小区5栋停电了").bot_says(TROUBLE)
        assert [attempt["status"] for attempt in resident.outcome["attempts"]] == [200]
    resident.repeats().bot_says("单号")
    product.ticket_of(resident)


def test_danger_is_answered_without_a_database(product: Product):
    resident = product.resident()
    with locked(product):
        resident.says("有人触电了躺在地上").bot_says("95598", "120", "离")


def test_with_the_database_locked_other_systems_are_told_to_try_again(product: Product):
    api = key_for(product, "impatient")
    body = {"source_channel": "95598", "external_number": "9", "category": "fault", "text": "跳闸"}
    with locked(product):
        answer = api.raw("POST", "tickets", json=body)
    # On PostgreSQL only the residents' door is locked here.
    expected = 503 if product.parts.database.is_sqlite else 201
    assert answer.status_code == expected
    assert product.parts.database.is_sqlite == ("Retry-After" in answer.headers)


@contextmanager
def locked(product: Product) -> Iterator[None]:
    """Somebody holds the whole database until the block has ended."""
    held, done = threading.Event(), threading.Event()
    lock = lock_sqlite if product.parts.database.is_sqlite else lock_postgres
    thread = threading.Thread(target=lock, args=(product, held, done))
    thread.start()
    assert held.wait(30)
    try:
        yield
    finally:
        done.set()
        thread.join()


def lock_sqlite(product: Product, held: threading.Event, done: threading.Event) -> None:
    path = product.parts.database.engine.url.database
    assert path is not None
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    connection.execute("BEGIN IMMEDIATE")
    held.set()
    done.wait(60)
    connection.execute("ROLLBACK")
    connection.close()


def lock_postgres(product: Product, held: threading.Event, done: threading.Event) -> None:
    address = product.parts.settings.database_url
    with psycopg.connect(address) as connection:
        connection.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        held.set()
        done.wait(60)
