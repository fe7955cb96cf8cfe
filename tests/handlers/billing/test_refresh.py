"""Statements fetched through the outbox: nobody waits, only news are sent, silence ends well."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.desks import Desks
from bot.statements import StatementFetch
from config.bills import BillRules
from config.database import Database
from handlers.billing.models import Bill
from handlers.billing.port import BillsUnavailableError, Statement
from handlers.billing.tables import statement_of
from handlers.customers import service
from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.errors import NotFoundError
from handlers.tickets.models import Category, Ticket
from notifier.errors import ChannelError
from notifier.models import Channel, OutboxMessage, OutboxState
from notifier.shipments import Shipment
from tests.handlers.billing.households import ZHANG, add_households, month
from tests.support.desks import NOW, TABLES, WORDS, fill_registry, make_database, make_desk
from tests.support.talk import Talk, arrival, seen

REMOTE = replace(
    TABLES, bills=BillRules("http", "https://marketing.example", 30, timeout_seconds=1, tries=3)
)
NOVEMBER = month("2026-11", "150", "93.75", tier=2)


class Clock:
    def now(self):
        return NOW


class Source:
    """Answers with what it holds: a statement, or an error to raise."""

    def __init__(self) -> None:
        self.answer: Statement | Exception | None = None

    def statement(self, account_number: str) -> Statement:
        assert account_number == ZHANG
        if isinstance(self.answer, Exception):
            raise self.answer
        assert self.answer is not None
        return self.answer


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = make_database(tmp_path)
    with made.scope() as session:
        fill_registry(session)
        add_households(session)
        desk = make_desk(session)
        seen(desk, arrival("o1", "你好"))
        service.bind(desk, "o1", service.find_by_account(desk, ZHANG))
    yield made
    made.close()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def fetch(database: Database, source: Source) -> StatementFetch:
    with database.reading() as session:
        places = make_desk(session).places
    desks = Desks(REMOTE, Clock(), lambda: places, WORDS, "https://grid.example", None)
    return StatementFetch(database, desks, source)


def _asks(database: Database) -> str:
    with database.scope() as session:
        desk: Desk = replace(make_desk(session), tables=REMOTE)
        return Talk(desk).says("这个月电费多少", "query_bill").text


def _questions(database: Database) -> list[Shipment]:
    with database.reading() as session:
        rows = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.channel == "marketing"))
        return [
            Shipment(row.id, Channel.MARKETING, row.target, row.kind, row.payload) for row in rows
        ]


def _sent(database: Database) -> list[str]:
    with database.reading() as session:
        rows = session.scalars(
            sa.select(OutboxMessage).where(OutboxMessage.channel == "official_account")
        )
        return [row.payload["text"] for row in rows]


def _known(database: Database) -> Statement:
    with database.reading() as session:
        desk = make_desk(session)
        return statement_of(desk, service.find_by_account(desk, ZHANG))


def _without_bills(database: Database) -> None:
    with database.scope() as session:
        session.execute(sa.delete(Bill))


def test_the_tables_answer_at_once_and_the_system_is_asked_once(database):
    told = _asks(database)
    assert "10月用电182度" in told
    assert "正在核对最新数据" in told
    _asks(database)
    question, *more = _questions(database)
    assert more == []
    assert question.payload == {"openid": "o1", "waits": False}


def test_news_are_stored_and_told(database, source, fetch):
    _asks(database)
    known = _known(database)
    source.answer = replace(known, balance=Decimal("-93.75"), bills=(*known.bills, NOVEMBER))
    assert fetch.send(_questions(database)[0]).route == "told"
    assert _known(database) == source.answer
    [text] = _sent(database)
    assert "欠费93.75元（11月电费）" in text
    assert "11月用电150度、93.75元" in text


def test_a_bill_that_was_paid_meanwhile_replaces_the_old_one(database, source, fetch):
    _asks(database)
    known = _known(database)
    last = replace(known.bills[-1], paid_on=None)
    source.answer = replace(known, bills=(last,))
    fetch.send(_questions(database)[0])
    assert _known(database).bills == (*known.bills[:-1], last)


def test_nothing_new_is_not_told(database, source, fetch):
    _asks(database)
    source.answer = _known(database)
    assert fetch.send(_questions(database)[0]).route == "nothing new"
    assert _sent(database) == []


def test_who_has_no_bills_here_is_answered_when_they_come(database, source, fetch):
    known = _known(database)
    _without_bills(database)
    assert "查到马上发给您" in _asks(database)
    source.answer = known
    fetch.send(_questions(database)[0])
    assert "10月用电182度" in _sent(database)[0]


def test_silence_is_tried_again_and_then_given_to_a_person(database, source, fetch):
    _without_bills(database)
    _asks(database)
    source.answer = BillsUnavailableError("silent")
    [question] = _questions(database)
    for attempt in (1, 2):
        with pytest.raises(ChannelError) as raised:
            fetch.send(replace(question, attempt=attempt))
        assert not raised.value.permanent
    assert fetch.send(replace(question, attempt=3)).route == "given to a person"
    with database.reading() as session:
        ticket = session.scalar(sa.select(Ticket))
    assert (ticket.category, ticket.assignee_userid) == (Category.BILLING, "wan")
    assert any(ticket.number in text for text in _sent(database))


def test_silence_after_an_answer_is_nobodys_trouble(database, source, fetch):
    _asks(database)
    source.answer = NotFoundError("unknown")
    assert fetch.send(_questions(database)[0]).state == OutboxState.SKIPPED
    assert _sent(database) == []


def test_an_account_that_is_gone_is_not_tried_again(database, fetch):
    question = Shipment(1, Channel.MARKETING, "999", "statement", {"openid": "o1", "waits": True})
    with pytest.raises(ChannelError) as raised:
        fetch.send(question)
    assert raised.value.permanent


def test_with_imported_bills_nothing_is_asked(database):
    with database.scope() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Customer)) == 2
        told = Talk(make_desk(session)).says("这个月电费多少", "query_bill").text
    assert "核对最新" not in told
    assert _questions(database) == []
