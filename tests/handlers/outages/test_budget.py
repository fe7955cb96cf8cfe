"""The send budget: used, planned, and the day on which it does not suffice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.grid.models import CommunityGroup
from handlers.outages import budget, phoning, service
from handlers.outages.coverage import coverage, seen
from notifier import confirmation, quotas
from notifier.models import Channel, OutboxState, QuotaUse
from tests.handlers.outages.conftest import columns, customer, outbox, resident

GROUP = "group:wrSample0001"


def limited(desk, *, group=0, templates=100_000):
    channels = desk.tables.channels
    wecom = replace(channels.wecom, customer_group_per_period=group)
    account = replace(channels.official_account, templates_per_day=templates)
    desk.tables = replace(
        desk.tables, channels=replace(channels, wecom=wecom, official_account=account)
    )


def use(desk, key, window, used):
    desk.session.add(QuotaUse(key=key, window=window, used=used))
    desk.session.flush()


def row(desk, channel=Channel.WECOM_CUSTOMER_GROUP):
    (found,) = [one for one in budget.forecast(desk) if one.channel == channel]
    return found


def soon(desk, **facts):
    starts_at = desk.now.replace(hour=9) + timedelta(days=3)
    raw = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=6), "late_reason": "急修"}
    return columns(desk, **(raw | facts))


def test_a_group_may_be_sent_as_many_as_the_month_has_days(desk):
    use(desk, GROUP, "2026-11", 4)
    use(desk, GROUP, "2026-10", 9)
    found = row(desk)
    assert (found.quota, found.used, found.planned, found.left) == (30, 4, 0, 26)
    assert found.exhausted_on is None


def test_a_draft_will_cost_publication_reminder_and_end(desk):
    service.draft(desk, soon(desk), by="deng")
    assert row(desk).planned == 3


def test_a_published_outage_has_its_waiting_message_reminder_and_end_to_come(desk, published):
    published(**soon(desk))
    assert row(desk).planned == 3
    message = outbox(desk, channel=Channel.WECOM_CUSTOMER_GROUP)[0]
    message.state, message.due_at = OutboxState.SENT, None
    desk.session.flush()
    assert row(desk).planned == 2


def test_the_day_on_which_the_plan_asks_for_too_much_is_named(desk):
    limited(desk, group=5)
    use(desk, GROUP, "2026-11", 3)
    service.draft(desk, soon(desk), by="deng")
    assert row(desk).exhausted_on == (desk.now + timedelta(days=3)).date()
    use(desk, "group:other", "2026-11", 30)
    assert budget.gauges(desk)["customer_groups_running_out"] == 1


def test_a_new_month_begins_anew(desk):
    limited(desk, group=3)
    use(desk, GROUP, "2026-11", 2)
    starts_at = desk.now.replace(hour=9) + timedelta(days=6)  # the first of December
    service.draft(
        desk, soon(desk, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)), by="deng"
    )
    assert row(desk).exhausted_on is not None  # now and the day before are in November
    limited(desk, group=4)
    assert row(desk).exhausted_on is None


def test_templates_count_every_bound_resident_of_a_day(desk):
    for number in range(3):
        resident(desk, f"o{number}", customer(desk, f"369900000{number}"))
    service.draft(desk, soon(desk), by="deng")
    assert row(desk, Channel.OFFICIAL_ACCOUNT).exhausted_on is None
    limited(desk, templates=5)  # half an hour before and at the end, both on one day
    assert row(desk, Channel.OFFICIAL_ACCOUNT).exhausted_on == (desk.now + timedelta(days=3)).date()


def test_a_used_up_group_is_said_before_publication(desk):
    limited(desk, group=2)
    use(desk, GROUP, "2026-11", 2)
    _, warnings = service.draft(desk, columns(desk), by="deng")
    assert (
        "住户群「棉纺一厂宿舍用电服务群」本月群发次数用完了，这次发不进群，请安排电话或上门。"
        in warnings
    )


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (OutboxState.PENDING, quotas.USED_UP),
        (OutboxState.FAILED, confirmation.WHY[confirmation.QUOTA_USED]),
    ],
)
def test_the_untold_are_listed_with_the_quota_as_the_reason(desk, published, state, error):
    outage = published()
    message = outbox(desk, channel=Channel.WECOM_CUSTOMER_GROUP)[0]
    message.state, message.error = state, error
    desk.session.flush()
    (untold,) = coverage(desk.session, outage).untold
    assert untold.why == "住户群的群发次数用完了"


def test_a_preview_does_not_count_a_group_whose_posts_are_used_up(desk, published):
    before, _ = service.draft(desk, columns(desk), by="deng")
    assert seen(desk, before).told == 200
    limited(desk, group=2)
    use(desk, GROUP, "2026-11", 2)
    preview = seen(desk, before)
    assert (preview.told, preview.by_channel["customer_group"]) == (0, 0)
    (untold,) = preview.untold
    assert (untold.households, untold.why) == (200, "住户群本月的群发次数用完了")


def test_publishing_past_a_used_up_group_sends_somebody_to_its_households(desk, published):
    limited(desk, group=2)
    use(desk, GROUP, "2026-11", 2)
    outage = published()
    (task,) = phoning.tasks_of(desk, outage)
    assert (task.community_code, task.households, task.assignee_userid) == ("C001", 200, "zhou")
    assert task.why == "住户群本月的群发次数用完了，请上门或打电话告知"
    phoning.finish(desk, task.id, by="zhou", proof="逐栋贴了通知")
    assert seen(desk, outage).told == 200


def test_a_group_without_an_owner_is_not_counted_either(desk):
    desk.session.query(CommunityGroup).update({"owner_userid": ""})
    outage, warnings = service.draft(desk, columns(desk), by="deng")
    assert any("没有群主" in warning for warning in warnings)
    assert seen(desk, outage).told == 0


def test_one_a_day_is_said_and_forecast_as_such(desk):
    limited(desk)
    wecom = replace(desk.tables.channels.wecom, customer_group_period="day")
    desk.tables = replace(desk.tables, channels=replace(desk.tables.channels, wecom=wecom))
    use(desk, GROUP, "2026-11-24", 1)
    assert (row(desk).quota, row(desk).left, row(desk).period) == (1, 1, "天")
    use(desk, GROUP, "2026-11-25", 1)
    _, warnings = service.draft(desk, columns(desk), by="deng")
    assert any("今天群发次数用完了" in warning for warning in warnings)
