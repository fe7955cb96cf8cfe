from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from notifier.channels.wecom_customer_group import WeComCustomerGroup
from notifier.confirmation import Confirmations, template_result
from notifier.delivery import Delivery
from notifier.errors import ChannelError
from notifier.models import Channel, OutboxState
from notifier.outbox import put
from notifier.shipments import Receipt
from tests.notifier.test_delivery import rows
from tests.support.desks import TABLES
from tests.support.senders import HandClock, Recorder, outgoing


@dataclass
class Platform:
    """A task that waits for the owner until `results` says what became of it."""

    results: list[tuple[str, int, int]] = field(default_factory=list)
    created: list[list[str]] = field(default_factory=list)
    reminded: int = 0
    cancelled: int = 0

    def create_group_message(self, owner: str, chat_ids: list[str], text: str) -> str:
        self.created.append(chat_ids)
        return "msg1"

    def group_message_results(self, msgid: str, userid: str) -> list[tuple[str, int, int]]:
        return self.results

    def remind(self, msgid: str) -> None:
        self.reminded += 1

    def cancel(self, msgid: str) -> None:
        self.cancelled += 1


@pytest.fixture
def time() -> HandClock:
    return HandClock()


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def confirmations(database, platform, time) -> Confirmations:
    """Two groups of one owner wait for a confirmation."""
    channel = WeComCustomerGroup(platform, 4000)
    delivery = Delivery(
        database, {Channel.WECOM_CUSTOMER_GROUP: channel}, TABLES.channels, time.clock
    )
    with database.scope() as session:
        posts = [
            outgoing("停电", chat, channel=Channel.WECOM_CUSTOMER_GROUP, owner="zhou")
            for chat in ("wr1", "wr2")
        ]
        put(session, posts, now=time.at)
    delivery.deliver_due()
    delivery.close()
    return Confirmations(database, platform, TABLES.channels.wecom, time.clock)


def states(database) -> list[str]:
    return [row.state for row in rows(database)]


def test_a_group_is_told_only_when_its_owner_has_confirmed(database, platform, confirmations, time):
    assert platform.created == [["wr1", "wr2"]]
    assert states(database) == [OutboxState.AWAITING_OWNER] * 2
    time.wait(seconds=30)
    assert confirmations.reconcile() == 0
    platform.results = [("wr1", 1, int(time.at.timestamp())), ("wr2", 3, 0)]
    time.wait(seconds=30)
    assert confirmations.reconcile() == 1
    first, second = rows(database)
    assert (first.state, first.delivered_at) == (OutboxState.SENT, time.at - timedelta(seconds=30))
    assert (second.state, second.delivered_at) == (OutboxState.FAILED, None)
    assert "quota" in second.error


def test_an_owner_is_reminded_three_times_and_then_the_task_is_taken_back(
    database, platform, confirmations, time
):
    for _ in range(24 * 12 + 2):
        time.wait(minutes=5)
        confirmations.reconcile()
    assert (platform.reminded, platform.cancelled) == (3, 1)
    assert states(database) == [OutboxState.FAILED] * 2
    assert confirmations.reconcile() == 0


def test_a_task_whose_outage_was_cancelled_is_taken_back(database, platform, time, confirmations):
    class Cancelled:
        def skips(self, session, messages, now):
            return {message.id: "outage cancelled" for message in messages}

    confirmations._checks = Cancelled()
    time.wait(seconds=30)
    confirmations.reconcile()
    assert platform.cancelled == 1
    assert states(database) == [OutboxState.SKIPPED] * 2


def test_a_platform_that_does_not_answer_is_asked_again(database, platform, confirmations, time):
    def away(msgid: str, userid: str) -> list[tuple[str, int, int]]:
        raise ChannelError("no answer", permanent=False)

    answer, platform.group_message_results = platform.group_message_results, away
    time.wait(seconds=30)
    assert confirmations.reconcile() == 0
    platform.group_message_results = answer
    platform.results = [("wr1", 1, 0), ("wr2", 1, 0)]
    time.wait(seconds=30)
    assert confirmations.reconcile() == 2


def send_template(database, time) -> None:
    channel = Recorder(receipt=Receipt("template", "200228332", is_delivered=False))
    delivery = Delivery(database, {Channel.OFFICIAL_ACCOUNT: channel}, TABLES.channels, time.clock)
    with database.scope() as session:
        put(session, [outgoing("停电", "o1", channel=Channel.OFFICIAL_ACCOUNT)], now=time.at)
    delivery.deliver_due()
    delivery.close()


def report(database, time, status: str) -> None:
    with database.scope() as session:
        template_result(session, "200228332", status, time.at)


def test_a_template_message_is_delivered_when_the_platform_says_so(database, time):
    send_template(database, time)
    assert rows(database)[0].delivered_at is None
    report(database, time, "success")
    assert rows(database)[0].delivered_at == time.at


def test_a_blocked_template_message_has_failed(database, time):
    send_template(database, time)
    report(database, time, "failed:user block")
    row = rows(database)[0]
    assert (row.state, row.error) == (OutboxState.FAILED, "failed:user block")


def test_a_report_that_comes_before_the_answer_is_not_lost(database, time):
    report(database, time, "success")
    send_template(database, time)
    row = rows(database)[0]
    assert (row.state, row.delivered_at) == (OutboxState.SENT, time.at)
