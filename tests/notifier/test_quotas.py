from datetime import timedelta

from config.database import Database
from notifier import quotas
from notifier.delivery import Delivery
from notifier.models import Channel, OutboxState
from notifier.outbox import put
from notifier.quotas import HOUR, MINUTE, Quota
from tests.notifier.test_delivery import rows
from tests.support.desks import NOW, TABLES
from tests.support.senders import HandClock, Recorder, outgoing


def reserve(database: Database, quota: Quota, count: int, now=NOW) -> dict:
    with database.scope() as session:
        return quotas.reserve(session, [(n, [quota]) for n in range(count)], now)


def test_what_is_over_the_quota_comes_when_it_is_free_again(database):
    quota = Quota("webhook:k", 20, MINUTE)
    later = reserve(database, quota, 25)
    assert sorted(later) == [20, 21, 22, 23, 24]
    assert set(later.values()) <= {NOW + timedelta(seconds=s) for s in range(60, 71)}
    assert reserve(database, quota, 1, NOW + timedelta(seconds=50))
    assert not reserve(database, quota, 1, later[20])


def test_no_span_of_a_minute_holds_more_than_the_limit(database):
    quota, granted = Quota("webhook:k", 20, MINUTE), []
    for second in range(0, 300, 7):
        now = NOW + timedelta(seconds=second)
        granted += [second] * (6 - len(reserve(database, quota, 6, now)))
    for start in range(240):
        assert sum(start <= second < start + 60 for second in granted) <= 20
    assert len(granted) >= 70


def test_a_message_needs_all_of_its_quotas_or_takes_none(database):
    minute, hour = Quota("member:z", 30, MINUTE), Quota("member_hour:z", 1, HOUR)
    with database.scope() as session:
        later = quotas.reserve(session, [(1, [minute, hour]), (2, [minute, hour])], NOW)
    assert list(later) == [2]
    with database.scope() as session:
        assert quotas.count(session, "member:z") == 1


def test_a_months_quota_ends_with_the_month(database):
    quota = Quota("group:wr1", 1, period="month")
    reserve(database, quota, 1)
    [due] = reserve(database, quota, 1).values()
    assert (due.month, due.day, due.hour) == (12, 1, 0)
    assert not reserve(database, quota, 1, due)


def test_groups_without_posts_left_are_counted(database):
    for target, count in (("wr1", 30), ("wr2", 29)):
        reserve(database, Quota(f"group:{target}", 30, period="month"), count)
    with database.reading() as session:
        assert quotas.groups_used_up(session, TABLES.channels, NOW) == 1


def test_old_windows_are_forgotten(database):
    reserve(database, Quota("webhook:k", 20, MINUTE), 1, NOW - timedelta(days=9))
    reserve(database, Quota("group:wr1", 1, period="month"), 1, NOW)
    with database.scope() as session:
        assert quotas.prune(session, NOW) == 1


def test_a_webhook_group_gets_twenty_a_minute_and_the_rest_later_in_order(database):
    time, channel = HandClock(), Recorder()
    delivery = Delivery(database, {Channel.WECOM_WEBHOOK: channel}, TABLES.channels, time.clock)
    texts = [f"{n:02}" for n in range(45)]
    with database.scope() as session:
        posts = [outgoing(text, "key1", channel=Channel.WECOM_WEBHOOK) for text in texts]
        put(session, posts, now=time.at)
    for sent in (20, 40, 45):
        delivery.deliver_due()
        assert len(channel.sent) == sent
        assert delivery.deliver_due() == 0
        time.wait(seconds=70)
    delivery.close()
    assert channel.texts == texts
    assert {(row.state, row.attempts) for row in rows(database)} == {(OutboxState.SENT, 1)}
