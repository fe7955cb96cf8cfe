"""When a group's posts are scarce, what can wait goes as one; urgent posts go at once, alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from notifier import gathering
from notifier.channels.wecom_customer_group import WeComCustomerGroup
from notifier.delivery import Delivery
from notifier.models import Channel, OutboxState, QuotaUse
from notifier.outbox import FAULT, PLANNED, Outgoing, put
from tests.notifier.test_delivery import rows
from tests.support.desks import TABLES
from tests.support.senders import HandClock

WECOM = replace(TABLES.channels.wecom, customer_group_scarce=2)
LIMITS = replace(TABLES.channels, wecom=WECOM)


class Tasks:
    """WeCom's door for posts to customer groups; keeps what it was given."""

    def __init__(self) -> None:
        self.made: list[tuple[tuple[str, ...], str]] = []

    def create_group_message(self, owner: str, chat_ids: list[str], text: str) -> str:
        self.made.append((tuple(chat_ids), text))
        return f"m{len(self.made)}"


@pytest.fixture
def tasks() -> Tasks:
    return Tasks()


@pytest.fixture
def time() -> HandClock:
    return HandClock()


@pytest.fixture
def delivery(database, tasks, time):
    channel = WeComCustomerGroup(tasks, WECOM.customer_group_text_bytes)
    made = Delivery(database, {Channel.WECOM_CUSTOMER_GROUP: channel}, LIMITS, time.clock)
    yield made
    made.close()


def post(text: str, chat: str = "wr1", *, waits: bool = True) -> Outgoing:
    payload = {"text": text, "owner": "zhou", gathering.MAY_WAIT: waits}
    priority = PLANNED if waits else FAULT
    return Outgoing(Channel.WECOM_CUSTOMER_GROUP, chat, "x", payload, f"{chat}:{text}", priority)


def add(database, time, *messages: Outgoing) -> None:
    with database.scope() as session:
        put(session, list(messages), now=time.at)


def use(database, used: int, chat: str = "wr1") -> None:
    with database.scope() as session:
        session.add(QuotaUse(key=f"group:{chat}", window="2026-11", used=used))


def used(database, chat: str = "wr1") -> int:
    with database.reading() as session:
        found = session.get(QuotaUse, (f"group:{chat}", "2026-11"))
        return found.used if found else 0


def test_a_group_with_posts_to_spare_gets_each_at_once(database, delivery, tasks, time):
    add(database, time, post("甲地停电"), post("乙地停电", "wr2"))
    assert delivery.deliver_due() == 2
    assert sorted(tasks.made) == [(("wr1",), "甲地停电"), (("wr2",), "乙地停电")]


def test_scarce_posts_are_gathered_and_go_as_one(database, delivery, tasks, time):
    use(database, 28)
    add(database, time, post("甲地停电"))
    delivery.deliver_due()
    time.wait(hours=3)
    add(database, time, post("乙地停电"))
    delivery.deliver_due()
    assert tasks.made == []
    assert {row.due_at.strftime("%H:%M") for row in rows(database)} == {"18:00"}
    time.wait(hours=5)
    delivery.deliver_due()
    ((chats, text),) = tasks.made
    assert chats == ("wr1",)
    assert text.startswith("有2条停电通知")
    assert text.index("甲地停电") < text.index("乙地停电")
    assert used(database) == 29
    assert {(row.state, row.attempts) for row in rows(database)} == {
        (OutboxState.AWAITING_OWNER, 1)
    }
    assert {row.platform_id for row in rows(database)} == {"m1"}


def test_what_is_urgent_goes_at_once_and_alone(database, delivery, tasks, time):
    use(database, 28)
    add(database, time, post("甲地停电"), post("故障停电", waits=False))
    delivery.deliver_due()
    assert tasks.made == [(("wr1",), "故障停电")]


def test_without_posts_left_it_waits_for_the_next_month_as_one(database, delivery, tasks, time):
    use(database, 30)
    add(database, time, post("甲地停电"), post("乙地停电"))
    delivery.deliver_due()
    assert tasks.made == []
    time.at = time.at.replace(month=12, day=1, hour=8)
    delivery.deliver_due()
    assert len(tasks.made) == 1
    assert "甲地停电" in tasks.made[0][1]
    assert "乙地停电" in tasks.made[0][1]


def test_one_a_day_is_one_a_day(database, tasks, time):
    wecom = replace(WECOM, customer_group_period="day", customer_group_scarce=0)
    channel = WeComCustomerGroup(tasks, 4000)
    delivery = Delivery(
        database,
        {Channel.WECOM_CUSTOMER_GROUP: channel},
        replace(LIMITS, wecom=wecom),
        time.clock,
    )
    for text in ("甲地停电", "乙地停电", "丙地停电"):
        add(database, time, post(text))
        delivery.deliver_due()
    assert [text for _, text in tasks.made] == ["甲地停电"]
    time.at += timedelta(days=1)
    delivery.deliver_due()
    delivery.close()
    assert len(tasks.made) == 2
    assert "乙地停电" in tasks.made[1][1]
    assert "丙地停电" in tasks.made[1][1]


def test_what_does_not_fit_one_post_is_not_cut_but_sent_as_two(database, delivery, tasks, time):
    use(database, 30)
    long = "停" * 900
    add(database, time, post(f"甲{long}"), post(f"乙{long}"))
    time.at = time.at.replace(month=12, day=1, hour=8)
    delivery.deliver_due()
    assert len(tasks.made) == 2
    assert all(len(text.encode()) <= 4000 for _, text in tasks.made)
