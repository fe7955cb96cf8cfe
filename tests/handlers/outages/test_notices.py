"""Who is told what, and once."""

from collections import Counter
from datetime import timedelta

import pytest

from handlers.outages import notices, service, timers
from handlers.outages.events import OutageRestored
from handlers.outages.models import OutageState, PhoneTask
from handlers.outages.reactions import ask_subscribers
from notifier.models import OutboxMessage, OutboxState
from tests.handlers.outages.conftest import at, customer, deliver, group, outbox, resident, tick


def _steps(messages):
    return [message.step for message in messages]


def test_groups_and_bound_residents_of_the_area_are_told(desk, published):
    resident(desk, "o1", customer(desk, "3699000001", building="2"))
    resident(desk, "o2", customer(desk, "3699000002", area="TQ0002", building="4"))
    outage = published()
    assert {(m.channel, m.target) for m in outbox(desk)} == {
        ("wecom_customer_group", "wrSample0001"),
        ("official_account", "o1"),
    }
    assert {m.outage_code for m in outbox(desk)} == {outage.outage_code}
    assert outbox(desk)[0].payload["owner"] == "zhou"


def test_a_group_of_other_buildings_is_not_told(desk, published):
    group(desk, "Q2", buildings=["4", "5"])
    group(desk, "Q3", buildings=["3", "4"])
    published()
    assert {m.group_code for m in outbox(desk)} == {"Q001", "Q3"}


def test_who_wants_no_notices_or_left_is_not_told(desk, published):
    resident(desk, "o1", customer(desk, "3699000001"), wants_notices=False)
    resident(desk, "o2", customer(desk, "3699000002"), is_subscribed=False)
    published()
    assert outbox(desk, channel="official_account") == []


def test_one_resident_with_two_homes_reads_it_once(desk, published):
    resident(desk, "o1", customer(desk, "3699000001"), customer(desk, "3699000002", building="2"))
    published()
    assert len(outbox(desk, target="o1")) == 1


def test_a_chat_that_two_rows_of_the_registry_share_gets_one_post(desk, published):
    group(desk, "Q2", target="wrSample0001")
    published()
    assert len(outbox(desk, target="wrSample0001")) == 1


def test_words_put_the_time_first_and_name_places_as_residents_do(desk, published):
    published()
    text = outbox(desk)[0].payload["text"]
    assert text.startswith(
        "【计划停电】12月5日（周六）09:00到15:00\n棉纺一厂宿舍1-3栋\n原因：更换变压器"
    )


def test_template_values_fit_the_twenty_characters(desk, published):
    resident(desk, "o1", customer(desk, "3699000001"))
    outage = published()
    service.change(desk, outage, {"ends_at": outage.ends_at + timedelta(hours=1)}, by="deng")
    service.cancel(desk, outage, by="deng")
    for message in outbox(desk, target="o1"):
        values = message.payload["values"]
        assert set(values) == {"matter", "place", "time", "remark"}
        assert all(0 < len(value) <= 20 for value in values.values())


def test_a_plan_runs_through_its_steps_once_each(desk, published):
    resident(desk, "o1", customer(desk, "3699000001"))
    outage = published()
    for moment in (
        outage.starts_at - timedelta(hours=24),
        outage.starts_at - timedelta(minutes=30),
        outage.starts_at,
        outage.ends_at,
    ):
        at(desk, moment)
        tick(desk)
        tick(desk)
    service.restore(desk, outage, by="he")
    steps = ["publication", "day_before", "half_hour_before", "restoration"]
    assert _steps(outbox(desk, target="o1")) == steps
    assert _steps(outbox(desk, target="wrSample0001")) == [steps[0], steps[1], steps[3]]


def test_a_temporary_outage_has_no_day_before(desk, published):
    start = desk.now + timedelta(days=3)
    published("temporary", starts_at=start, ends_at=start + timedelta(hours=2))
    at(desk, start - timedelta(hours=1))
    tick(desk)
    assert _steps(outbox(desk)) == ["publication"]


def test_reminders_move_with_the_start(desk, published):
    outage = published()
    later = timedelta(days=2)
    new = {"starts_at": outage.starts_at + later, "ends_at": outage.ends_at + later}
    first_plan = outage.starts_at
    service.change(desk, outage, new, by="deng")
    at(desk, first_plan)
    tick(desk)
    assert _steps(outbox(desk)) == ["publication", "change"]
    at(desk, outage.starts_at - timedelta(hours=24))
    tick(desk)
    assert _steps(outbox(desk)) == ["publication", "change", "day_before"]


def test_each_change_is_told_and_refers_to_the_first_message(desk, published):
    outage = published()
    for hours in (1, 2):
        service.change(desk, outage, {"ends_at": outage.ends_at + timedelta(hours=hours)}, by="x")
    first, *changes = outbox(desk)
    assert _steps(changes) == ["change", "change"]
    assert {change.reply_to_id for change in changes} == {first.id}
    assert "原定" in changes[0].payload["text"]
    assert "以这次为准" in changes[0].payload["text"]


def test_a_new_estimate_says_as_of_when(desk, published):
    outage = published("fault")
    at(desk, desk.now + timedelta(minutes=37))
    service.change(desk, outage, {"ends_at": outage.ends_at + timedelta(hours=1)}, by="he")
    assert "（截至10:37）" in outbox(desk)[-1].payload["text"]


def test_people_of_an_area_taken_off_read_that_it_is_cancelled_for_them(desk, published):
    resident(
        desk, "o2", customer(desk, "3699000003", area="TQ0003", community="C002", building="3")
    )
    outage = published(area_codes=["TQ0001", "TQ0003"])
    service.change(desk, outage, {"area_codes": ["TQ0001"]}, by="deng")
    told = outbox(desk, target="o2")[-1]
    assert (told.step, told.kind) == ("change", "outage_cancellation")
    assert "照常供电" in told.payload["text"]


def test_a_cancelled_outage_sends_no_reminders(desk, published):
    outage = published()
    service.cancel(desk, outage, by="deng")
    at(desk, outage.starts_at - timedelta(minutes=10))
    tick(desk)
    assert _steps(outbox(desk)) == ["publication", "cancellation"]


def test_residents_are_expanded_page_by_page(desk, published, monkeypatch):
    monkeypatch.setattr(notices, "PAGE", 2)
    for number in range(7):
        resident(desk, f"o{number}", customer(desk, f"369900000{number}"))
    published()
    assert len(outbox(desk, channel="official_account")) == 2
    assert tick(desk) == 3
    told = Counter(m.target for m in outbox(desk, channel="official_account"))
    assert told == Counter({f"o{number}": 1 for number in range(7)})


def test_a_fault_does_not_wait_behind_the_pages_of_a_plan(desk, published, monkeypatch):
    monkeypatch.setattr(notices, "PAGE", 1)
    for number in range(4):
        resident(desk, f"o{number}", customer(desk, f"369900000{number}"))
    published()
    fault = published("fault")
    for _ in range(3):
        timers.do(desk, timers.next_page(desk))
    assert len(outbox(desk, channel="official_account", outage_code=fault.outage_code)) == 4


def test_pages_not_expanded_are_not_sent_once_it_is_cancelled(desk, published, monkeypatch):
    monkeypatch.setattr(notices, "PAGE", 2)
    for number in range(5):
        resident(desk, f"o{number}", customer(desk, f"369900000{number}"))
    outage = published()
    service.cancel(desk, outage, by="deng")
    tick(desk)
    told = Counter(m.target for m in outbox(desk, channel="official_account"))
    assert told == Counter({"o0": 2, "o1": 2})


def test_quiet_hours_hold_what_is_days_off(desk, published):
    at(desk, desk.now.replace(hour=23))
    published()
    assert outbox(desk)[0].due_at == desk.now.replace(hour=7, minute=0) + timedelta(days=1)


@pytest.mark.parametrize("kind", ["fault", "temporary"])
def test_quiet_hours_hold_neither_faults_nor_what_starts_soon(desk, published, kind):
    at(desk, desk.now.replace(hour=23))
    start = desk.now if kind == "fault" else desk.now + timedelta(hours=11)
    published(kind, starts_at=start, ends_at=start + timedelta(hours=20), late_reason="急")
    assert outbox(desk)[0].due_at == desk.now


def test_a_resident_has_quiet_hours_of_his_own(desk, published):
    resident(desk, "o1", customer(desk, "3699000001"), quiet_from="09:00", quiet_until="12:00")
    published()
    assert outbox(desk, target="o1")[0].due_at == desk.now.replace(hour=12)
    assert outbox(desk, target="wrSample0001")[0].due_at == desk.now


def test_what_was_held_and_then_cancelled_reaches_nobody(desk, published):
    at(desk, desk.now.replace(hour=23))
    outage = published()
    service.cancel(desk, outage, by="deng")
    assert [(m.step, m.state) for m in outbox(desk)] == [("publication", OutboxState.SKIPPED)]


def test_faults_go_before_plans(desk, published):
    published()
    published("fault", area_codes=["TQ0002"])
    plan, fault = outbox(desk)
    assert fault.priority < plan.priority


def test_sensitive_households_become_phone_tasks_with_proof(desk, published):
    home = customer(desk, "3699000001")
    home.sensitive = "life_support"
    outage = published()
    task = desk.session.query(PhoneTask).one()
    assert (task.customer_id, task.assignee_userid) == (home.id, "zhou")
    card = desk.session.query(OutboxMessage).filter_by(kind="outage_phone").one()
    assert card.target == "zhou"
    assert "王芳" not in card.payload["text"]
    service.change(desk, outage, {"reason": "更换电缆"}, by="deng")
    assert desk.session.query(PhoneTask).count() == 1


def test_who_asked_is_told_of_the_end_and_asked_once(desk, published):
    resident(desk, "o1", customer(desk, "3699000001"))
    resident(desk, "o9")
    outage = published("fault")
    for openid in ("o1", "o9", "o9"):
        service.subscribe(desk, outage, openid, community_code="C001", building="1")
    service.restore(desk, outage, by="he")
    ask_subscribers(desk, OutageRestored(outage.id))
    for openid in ("o1", "o9"):
        (end,) = outbox(desk, target=openid, step="restoration")
        assert "您家来电了吗" in end.payload["text"]


def test_an_update_of_a_step_to_come_never_reaches_a_group_twice(desk, published):
    group(desk, "W1", channel="wecom_webhook", target="key-1")
    outage = published()
    at(desk, outage.starts_at - timedelta(hours=20))
    for hours in (1, 2, 3):
        tick(desk)
        new = {"ends_at": outage.ends_at + timedelta(hours=hours)}
        service.change(desk, outage, new, by="deng")
    at(desk, outage.starts_at)
    tick(desk)
    assert outage.state == OutageState.UNDER_WAY
    keys = Counter((m.target, m.dedupe_key) for m in outbox(desk))
    assert max(keys.values()) == 1
    deliver(desk)
