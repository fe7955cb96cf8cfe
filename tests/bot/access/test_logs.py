"""What is logged while people talk, also when things go wrong, names nobody."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
import structlog

from bot import log
from bot.conversation.models import Utterance
from handlers.tickets.models import Ticket
from tests.bot.access.conftest import ACCOUNT, NAME, OPENID, PHONE, ROOM, sign_in
from tests.bot.access.test_intake import push

WORDS = f"我叫{NAME}，住棉纺一厂宿舍3栋{ROOM}，家里没电了，电话{PHONE}，户号{ACCOUNT}"
PERSONAL = (NAME, PHONE, ACCOUNT, ROOM, "家里没电了", "password", "gb_")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that any logger writes, at its most talkative."""
    root, out = logging.getLogger(), io.StringIO()
    before, level, plain = root.handlers[:], root.level, structlog.get_config()
    log.configure("DEBUG")
    root.handlers[0].stream = out
    yield out
    root.handlers[:], root.level = before, level
    structlog.configure(**plain)


def test_a_talk_leaves_no_word_or_number_in_the_logs(parts, client, key, lines):
    for number, text in enumerate((WORDS, "跳过", PHONE, f"绑定 {ACCOUNT} {NAME}"), 1):
        assert push(parts, client, text=text, number=str(number)).status_code == 200
    sign_in(client, "zhou", "wrong password")
    body = {"source_channel": "95598", "external_number": "1", "category": "fault", "text": WORDS}
    client.post("/api/v1/tickets", json=body | {"phone": PHONE}, headers=key())
    client.post("/api/v1/tickets", json=body | {"phone": "x"}, headers=key("tickets:write"))
    assert_names_nobody(lines)


def test_a_fault_in_the_middle_of_a_talk_names_nobody(parts, client, lines):
    """The table is gone: the error and its statement are logged, its values are not."""
    with parts.database.scope() as session:
        session.execute(sa.text(f"DROP TABLE {Utterance.__tablename__}"))
    assert push(parts, client, text=WORDS).status_code == 200
    assert "conversation_failed" in lines.getvalue() or "database_trouble" in lines.getvalue()
    assert_names_nobody(lines)


def test_an_error_of_the_database_tells_no_values(parts):
    with pytest.raises(sa.exc.StatementError) as caught, parts.database.scope() as session:
        session.execute(sa.insert(Ticket).values(number="T1", phone=PHONE, text=WORDS))
    assert PHONE not in str(caught.value)
    assert OPENID not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "scrubbed"),
    [
        ('{"why": "19900002625 没接"}', '{"why": "(mobile) 没接"}'),
        ('{"id": "360102199003070012"}', '{"id": "(identity)"}'),
        ('{"ticket": "T2026112500001", "key": "1234567890123456789"}', None),
        ('{"timestamp": "2026-11-25T10:00:00Z", "ms": 1764036000123}', None),
    ],
)
def test_numbers_of_people_that_slipped_in_are_taken_out(line, scrubbed):
    assert log.scrub(None, "", line) == (scrubbed or line)


def assert_names_nobody(lines: io.StringIO) -> None:
    text = lines.getvalue()
    for line in filter(None, text.splitlines()):
        json.loads(line)
    for personal in PERSONAL:
        assert personal not in text, personal
