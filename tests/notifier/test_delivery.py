from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from config.database import Database
from notifier.claims import DANGEROUS, NORMAL, URGENT
from notifier.dead_letters import resend
from notifier.delivery import Delivery
from notifier.errors import ChannelError
from notifier.models import Channel, OutboxMessage, OutboxState
from notifier.outbox import DANGER, FAULT, Outgoing, put
from tests.support.desks import TABLES
from tests.support.senders import HandClock, Recorder, outgoing

DELAYS = TABLES.channels.retry.delays
BUSY = ChannelError("-1: system busy", permanent=False, code=-1)
GONE = ChannelError("40003: invalid openid", permanent=True, code=40003)


@pytest.fixture
def time() -> HandClock:
    return HandClock()


@pytest.fixture
def channel() -> Recorder:
    return Recorder()


@pytest.fixture
def delivery(database: Database, channel: Recorder, time: HandClock) -> Iterator[Delivery]:
    made = Delivery(database, dict.fromkeys(Channel, channel), TABLES.channels, time.clock)
    yield made
    made.close()


def add(database: Database, *messages: Outgoing, now) -> None:
    with database.scope() as session:
        put(session, list(messages), now=now)


def rows(database: Database) -> list[OutboxMessage]:
    with database.scope() as session:
        return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def test_a_due_message_is_sent_once_and_settled(database, delivery, channel, time):
    add(database, outgoing("工单来了"), now=time.at)
    assert delivery.deliver_due() == 1
    assert delivery.deliver_due() == 0
    assert channel.texts == ["工单来了"]
    row = rows(database)[0]
    assert (row.state, row.route, row.due_at) == (OutboxState.SENT, "test", None)
    assert row.platform_id == "platform-1"
    assert row.sent_at == row.delivered_at == time.at


def test_a_scheduled_message_waits_for_its_time(database, delivery, channel, time):
    add(database, outgoing("明天停电", due_at=time.at + timedelta(hours=1)), now=time.at)
    assert delivery.deliver_due() == 0
    time.wait(hours=1)
    assert delivery.deliver_due() == 1


def test_a_busy_platform_is_tried_again_after_each_delay_and_then_given_up(
    database, delivery, channel, time
):
    channel.failures["zhou"] = [BUSY] * (len(DELAYS) + 1)
    add(database, outgoing("工单来了"), now=time.at)
    for delay in DELAYS:
        delivery.deliver_due()
        row = rows(database)[0]
        assert row.state == OutboxState.PENDING
        assert row.due_at == time.at + timedelta(seconds=delay)
        time.wait(seconds=delay)
    delivery.deliver_due()
    row = rows(database)[0]
    assert (row.state, row.due_at) == (OutboxState.DEAD, None)
    assert "-1" in row.error
    assert channel.tried == len(DELAYS) + 1


def test_a_dead_message_can_be_sent_again_by_hand(database, delivery, channel, time):
    channel.failures["zhou"] = [GONE]
    add(database, outgoing("工单来了"), now=time.at)
    delivery.deliver_due()
    dead = rows(database)[0]
    assert (dead.state, dead.attempts) == (OutboxState.DEAD, 1)
    with database.scope() as session:
        assert resend(session, dead.id, time.at)
        assert not resend(session, dead.id, time.at)
    assert delivery.deliver_due() == 1
    assert rows(database)[0].state == OutboxState.SENT


def test_a_frequency_limit_waits_as_long_as_the_platform_says(database, delivery, channel, time):
    channel.failures["zhou"] = [
        ChannelError("45009: api freq out of limit", permanent=False, code=45009, retry_after=60)
    ]
    add(database, outgoing("工单来了"), now=time.at)
    delivery.deliver_due()
    assert rows(database)[0].due_at == time.at + timedelta(seconds=60)


def test_a_channels_own_bug_loses_nothing(database, delivery, channel, time):
    channel.failures["zhou"] = [KeyError("text")]
    add(database, outgoing("一"), outgoing("二", "liu"), now=time.at)
    assert delivery.deliver_due() == 1
    time.wait(seconds=DELAYS[0])
    assert delivery.deliver_due() == 1
    assert sorted(channel.texts) == ["一", "二"]


def test_the_same_target_gets_its_messages_in_order(database, delivery, channel, time):
    texts = [f"{n:02}" for n in range(30)]
    add(database, *(outgoing(text, f"to{n % 3}") for n, text in enumerate(texts)), now=time.at)
    delivery.deliver_due()
    for target in ("to0", "to1", "to2"):
        got = [s.payload["text"] for s in channel.sent if s.target == target]
        assert got == sorted(got)
        assert len(got) == 10


def test_what_comes_after_a_failed_message_waits_for_it(database, delivery, channel, time):
    channel.failures["zhou"] = [BUSY]
    add(database, outgoing("已派单"), outgoing("已到场"), outgoing("别人的", "liu"), now=time.at)
    delivery.deliver_due()
    assert channel.texts == ["别人的"]
    add(database, outgoing("已办结"), now=time.at)
    delivery.deliver_due()
    assert channel.texts == ["别人的"]
    assert [row.attempts for row in rows(database)] == [1, 0, 1, 0]
    time.wait(seconds=DELAYS[0])
    delivery.deliver_due()
    assert channel.texts == ["别人的", "已派单", "已到场", "已办结"]


def test_danger_overtakes_what_is_being_tried_again(database, delivery, channel, time):
    channel.failures["zhou"] = [BUSY]
    add(database, outgoing("回访"), now=time.at)
    delivery.deliver_due()
    add(database, outgoing("触电", priority=DANGER), now=time.at)
    delivery.deliver_due()
    assert channel.texts == ["触电"]


def test_a_message_that_another_batch_holds_is_not_sent_twice(database, delivery, channel, time):
    add(database, outgoing("一"), outgoing("二"), now=time.at)
    first, second = delivery.hand_over(limit=1), delivery.hand_over()
    assert len(first.ids) == len(second.ids) == 1
    assert delivery.deliver(second) == 0  # the first goes first
    assert delivery.deliver(first) == 1
    assert delivery.deliver(first) == 0
    time.wait(seconds=1)
    assert delivery.deliver_due() == 1
    assert channel.texts == ["一", "二"]
    assert [row.attempts for row in rows(database)] == [1, 1]


def test_a_batch_that_nobody_claimed_in_time_falls_due_again_and_the_old_one_is_void(
    database, delivery, channel, time
):
    add(database, outgoing("一"), now=time.at)
    lost = delivery.hand_over()
    time.wait(seconds=TABLES.channels.retry.lease_seconds + 1)
    again = delivery.hand_over()
    assert again.ids == lost.ids
    assert delivery.deliver(lost) == 0
    assert delivery.deliver(again) == 1


def test_urgent_messages_go_in_a_batch_of_their_own(database, delivery, channel, time):
    danger, fault = outgoing("触电", "liu", priority=DANGER), outgoing("故障", "he", priority=FAULT)
    add(database, outgoing("通知"), danger, fault, now=time.at)
    for priorities in (DANGEROUS, URGENT, NORMAL):
        batch = delivery.hand_over(priorities=priorities)
        assert batch.priorities == priorities
        assert len(batch.ids) == 1
        assert delivery.hand_over(priorities=priorities) is None


def test_a_batch_leaves_most_urgent_first(database, delivery, channel, time):
    add(
        database,
        *(outgoing(f"{n}", "zhou", priority=n) for n in (8, 5, 0, 2)),
        now=time.at,
    )
    delivery.deliver_due()
    assert channel.texts == ["0", "2", "5", "8"]


def test_a_channel_that_is_not_set_up_makes_its_messages_dead(database, time):
    delivery = Delivery(database, {}, TABLES.channels, time.clock)
    add(database, outgoing("一"), now=time.at)
    delivery.deliver_due()
    delivery.close()
    assert rows(database)[0].state == OutboxState.DEAD
