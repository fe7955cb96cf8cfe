"""What the platforms' answers make of a message, from errcode to outbox row."""

from datetime import timedelta

import pytest

from bot.platforms.errors import (
    AGAIN,
    WECHAT,
    WECOM,
    PlatformRefusedError,
    PlatformUnreachableError,
)
from notifier.delivery import Delivery
from notifier.models import Channel, OutboxState
from notifier.outbox import put
from tests.notifier.test_delivery import rows
from tests.support.desks import TABLES
from tests.support.senders import HandClock, Recorder, outgoing

FIRST = TABLES.channels.retry.delays[0]


def refused(outcomes, code: int) -> PlatformRefusedError:
    return PlatformRefusedError("said the platform", code, outcomes.get(code, AGAIN))


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (refused(WECHAT, -1), FIRST),
        (refused(WECOM, -1), FIRST),
        (refused(WECHAT, 40001), 600),
        (refused(WECOM, 42001), 600),
        (refused(WECHAT, 45011), 60),
        (refused(WECOM, 45009), 60),
        (refused(WECHAT, 45009), 3600),
        (PlatformUnreachableError("an HTML page instead of JSON"), FIRST),
        (PlatformUnreachableError("half a body"), FIRST),
        (PlatformUnreachableError("no answer"), FIRST),
        (refused(WECHAT, 40003), None),
        (refused(WECHAT, 43004), None),
        (refused(WECOM, 81013), None),
        (refused(WECOM, 93000), None),
    ],
)
def test_an_answer_decides_whether_and_when_it_is_tried_again(database, error, seconds):
    time, channel = HandClock(), Recorder(failures={"zhou": [error]})
    delivery = Delivery(database, dict.fromkeys(Channel, channel), TABLES.channels, time.clock)
    with database.scope() as session:
        put(session, [outgoing("一")], now=time.at)
    delivery.deliver_due()
    [row] = rows(database)
    if seconds is None:
        assert (row.state, row.due_at) == (OutboxState.DEAD, None)
    else:
        assert (row.state, row.due_at) == (
            OutboxState.PENDING,
            time.at + timedelta(seconds=seconds),
        )
        time.wait(seconds=seconds)
        assert delivery.deliver_due() == 1
    delivery.close()
