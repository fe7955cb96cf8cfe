"""The two statements of a message's ledger, on SQLite and on PostgreSQL."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
import sqlalchemy as sa

from bot.conversation import inbox, resident, standing
from bot.conversation.models import Conversation, InboxMessage, Utterance
from handlers.applications import drafts
from handlers.customers import service as customers
from handlers.customers import window
from handlers.customers.models import Resident
from handlers.tickets import contact
from handlers.tickets.models import Ticket
from tests.support.desks import make_database, make_desk
from tests.support.talk import arrival

HELLO = arrival("o1", "你好")


@pytest.fixture
def in_postgres(postgres_url, tmp_path):
    made = make_database(tmp_path, url=postgres_url)
    yield made
    made.close()


def turn(database, message=HELLO, *, memory=None, lines=(("resident", "你好"), ("bot", "您好"))):
    """A whole turn in a transaction of its own; gives what was found at its opening."""
    with database.scope() as session:
        desk = make_desk(session)
        opened = inbox.open_turn(desk, message, resident.beside(desk, message))
        before = dict(opened.memory)
        opened.memory.update(memory or {})
        for speaker, text in lines:
            opened.say(speaker, text)
        inbox.close_turn(desk, message, opened, {"text": "您好"})
        return before, opened.found


@pytest.mark.parametrize(
    "lines", [(), (("resident", "你好"),), (("resident", "好"), ("bot", "好"))]
)
def test_a_turn_keeps_its_reply_its_lines_and_its_writer(database, lines):
    turn(database, lines=lines)
    with database.reading() as session:
        assert inbox.remembered(session, HELLO.key) == {"text": "您好"}
        said = session.scalars(sa.select(Utterance).order_by(Utterance.id)).all()
        assert [(line.speaker, line.text, line.intent) for line in said] == [
            (*one, "") for one in lines
        ]
        who = session.get(Resident, "o1")
        assert (who.is_subscribed, who.window_left, who.building) == (True, 5, "")


def test_what_is_remembered_is_there_in_the_next_turn(database):
    assert turn(database, memory={"form": {"intent": "report_fault"}})[0] == {}
    after = arrival("o1", "好了吗", number=2)
    assert turn(database, after)[0] == {"form": {"intent": "report_fault"}}


def test_a_known_key_leaves_no_trace(database):
    turn(database)
    with pytest.raises(inbox.AnsweredError):
        turn(database, memory={"form": {}})
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Utterance)) == 2
        assert session.get(Conversation, "o1").memory == {}


@pytest.mark.postgres
def test_of_two_deliveries_at_once_one_waits_and_leaves_no_trace(in_postgres):
    """On PostgreSQL the waiting one's statement began before the other's commit."""
    locked, begun = Event(), Event()

    def first():
        with in_postgres.scope() as session:
            desk = make_desk(session)
            opened = inbox.open_turn(desk, HELLO, resident.beside(desk, HELLO))
            locked.set()
            assert begun.wait(20)
            opened.say("bot", "您好")
            inbox.close_turn(desk, HELLO, opened, {"text": "您好"})

    def second():
        assert locked.wait(20)
        begun.set()
        turn(in_postgres)

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(first), pool.submit(second)
        one.result()
        with pytest.raises(inbox.AnsweredError):
            other.result()
    with in_postgres.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(InboxMessage)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(Utterance)) == 1


@pytest.mark.postgres
def test_who_waited_for_another_message_sees_the_ticket_that_it_opened(in_postgres):
    """Its statement began before the other's commit: what it read then must not be believed."""
    turn(in_postgres)
    locked, begun = Event(), Event()
    ping = arrival("o1", "停电了", number=2)

    def first():
        with in_postgres.scope() as session:
            desk = make_desk(session)
            opened = inbox.open_turn(desk, ping, resident.beside(desk, ping))
            session.add(_ticket(desk.now))
            locked.set()
            assert begun.wait(20)
            time.sleep(0.3)  # the other one has sent its statement by then, and waits in it
            inbox.close_turn(desk, ping, opened, {"text": "记下了"})

    def second():
        message = arrival("o1", "快点啊", number=3)
        assert locked.wait(20)
        with in_postgres.scope() as session:
            desk = make_desk(session)
            begun.set()
            opened = inbox.open_turn(desk, message, resident.beside(desk, message))
            standing.hold(desk, "o1", opened.found)
            return [ticket.number for ticket in contact.open_of(desk, "o1")]

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(first), pool.submit(second)
        one.result()
        assert other.result() == ["T2026112500001"]


def test_nobody_asks_for_what_the_opening_did_not_find(database):
    with database.scope() as session:
        desk = make_desk(session)
        opened = inbox.open_turn(desk, HELLO, resident.beside(desk, HELLO))
        standing.hold(desk, "o1", opened.found)
        asked: list[str] = []
        sa.event.listen(
            database.engine, "before_cursor_execute", lambda *what: asked.append(what[2])
        )
        assert contact.open_of(desk, "o1") == customers.bound(desk, "o1") == []
        assert drafts.latest(desk, "o1") is None
        assert asked == []
        session.add(_ticket(desk.now))
        assert [ticket.openid for ticket in contact.open_of(desk, "o1")] == ["o1"]


def _ticket(now):
    return Ticket(
        number="T2026112500001",
        category="fault",
        priority="P2",
        openid="o1",
        text="停电",
        masked_text="停电",
        reported_at=now,
        created_at=now,
        updated_at=now,
    )


def test_a_talk_that_a_person_has_is_found_at_the_opening(database):
    assert turn(database)[1]["taken_ticket"] is None
    with database.scope() as session:
        now = make_desk(session).now
        ticket = _ticket(now)
        ticket.takeover_until = now + timedelta(minutes=5)
        session.add(ticket)
    assert turn(database, arrival("o1", "在吗", number=2))[1]["taken_ticket"] is not None


def test_the_writers_row_is_asked_for_no_second_time(database):
    with database.scope() as session:
        desk = make_desk(session)
        opened = inbox.open_turn(desk, HELLO, resident.beside(desk, HELLO))
        window.hold(session, opened.found)
        asked: list[str] = []
        sa.event.listen(
            database.engine, "before_cursor_execute", lambda *what: asked.append(what[2])
        )
        assert session.get(Resident, "o1").window_left == 5
        session.get(Resident, "o1").building = "3"
        assert asked == []
    with database.reading() as session:
        assert session.get(Resident, "o1").building == "3"
