"""Reminders before supply is cut: who, when, once, and not any more once it is paid."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from config.arrears import ArrearsRules
from config.clock import CHINA
from config.toml import TableError, read
from handlers.billing import reminders
from handlers.billing.models import Bill
from handlers.customers.models import Resident
from handlers.delivery_checks import DeliveryChecks
from notifier.channels.official_account import OfficialAccount
from notifier.models import Channel, OutboxMessage
from notifier.shipments import Shipment
from tests.support.desks import TABLES
from tests.support.talk import Talk

CUT = date(2026, 11, 24)  # 李梅's September bill was due on 25 October


@pytest.fixture
def owing(li):
    """李梅 owes September and October, and is not cut yet."""
    li.arrears_cut = False
    return li


def on(desk, days_before: int, at: time = time(10, 0)) -> int:
    """Run the reminders so many days before the cut."""
    desk.now = datetime.combine(CUT - timedelta(days=days_before), at, CHINA)
    return reminders.remind(desk)


def sent(desk) -> list[OutboxMessage]:
    query = sa.select(OutboxMessage).where(OutboxMessage.kind == reminders.KIND)
    return list(desk.session.scalars(query.order_by(OutboxMessage.id)))


def test_each_step_is_told_once_and_nothing_between_or_after(desk, owing):
    told = {days: on(desk, days) + on(desk, days) for days in (8, 7, 6, 4, 3, 2, 1, 0, -1)}
    assert [days for days, count in told.items() if count] == [7, 3, 0]
    assert sum(told.values()) == 3


def test_a_step_missed_while_the_worker_was_down_is_told_the_next_day(desk, owing):
    assert on(desk, 6) == 1
    assert on(desk, 3) == 1


def test_the_words_name_account_sum_and_day_and_how_to_stop_them(desk, owing):
    on(desk, 3)
    [message] = sent(desk)
    text = message.payload["text"]
    for words in (
        "莲溪村",
        "9月起的电费还没交",
        "共欠240.00元",
        "11月24日起可能停电",
        "关闭电费提醒",
    ):
        assert words in text
    assert "3699000215216" not in text
    assert (message.channel, message.target) == (Channel.OFFICIAL_ACCOUNT, "o1")


def test_the_last_one_says_today(desk, owing):
    on(desk, 0)
    assert "今天起可能停电" in sent(desk)[0].payload["text"]


@pytest.mark.parametrize(
    "spare",
    [
        lambda _, li: setattr(li, "arrears_cut", True),
        lambda _, li: setattr(li, "balance", "5.00"),
        lambda desk, _: setattr(desk.session.get(Resident, "o1"), "is_subscribed", False),
        lambda desk, _: setattr(desk.session.get(Resident, "o1"), "wants_bills", False),
        lambda desk, _: desk.session.execute(sa.update(Bill).values(paid_on="2026-11-20")),
    ],
    ids=["already cut", "nothing owed", "gone", "unwanted", "paid"],
)
def test_who_is_spared(desk, owing, spare):
    spare(desk, owing)
    desk.session.flush()
    assert on(desk, 3) == 0


@pytest.mark.parametrize("hour", [6, 21, 23])
def test_nobody_is_reminded_at_night(desk, owing, hour):
    assert on(desk, 3, time(hour, 30)) == 0


def test_a_residents_own_quiet_hours_are_kept(desk, owing):
    resident = desk.session.get(Resident, "o1")
    resident.quiet_from, resident.quiet_until = "09:00", "12:00"
    on(desk, 3)
    assert sent(desk)[0].due_at.astimezone(CHINA).hour == 12


def test_what_was_paid_meanwhile_is_not_sent(desk, owing):
    on(desk, 3)
    checks = DeliveryChecks()
    assert checks.skips(desk.session, sent(desk), desk.now) == {}
    owing.balance = "0.00"
    desk.session.flush()
    assert checks.skips(desk.session, sent(desk), desk.now) == {sent(desk)[0].id: reminders.PAID}


def test_outside_the_window_it_goes_as_a_template_with_the_page_behind_it(desk, owing):
    on(desk, 3)
    [row] = sent(desk)
    calls = []

    class Platform:
        def send_template(self, *call):
            calls.append(call)
            return "1"

    shipment = Shipment(row.id, Channel.OFFICIAL_ACCOUNT, row.target, row.kind, row.payload)
    OfficialAccount(Platform(), TABLES.channels.official_account).send(shipment)
    [(openid, template, url, data, _)] = calls
    assert (openid, template) == (
        "o1",
        TABLES.channels.official_account.templates["bill"].template_id,
    )
    assert "/h5/t/" in url
    assert data["thing3"] == "11月24日起可能停电，请尽快交"


def test_the_resident_turns_them_off_and_on(desk, owing):
    talk = Talk(desk, "manage_subscription")
    resident = desk.session.get(Resident, "o1")
    assert "电费提醒关掉了" in talk.says("关闭电费提醒").text
    assert (resident.wants_bills, resident.wants_notices) == (False, True)
    assert "会提醒您" in talk.says("打开电费提醒").text
    assert resident.wants_bills


def test_the_days_are_the_tables(desk, owing):
    desk.tables = replace(desk.tables, arrears=ArrearsRules(30, (10,), "humane"))
    assert [days for days in (11, 10, 7, 3, 0) if on(desk, days)] == [10]


@pytest.mark.parametrize("days", ["[]", "[-1]", "[30]"])
def test_days_that_cannot_be_are_refused(tmp_path, days):
    text = f'cut_after_days = 30\ndays_before = {days}\ncalendar = "humane"\n'
    (tmp_path / "arrears.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match="days_before must"):
        read("arrears.toml", tmp_path, ArrearsRules)
