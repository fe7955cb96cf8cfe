"""When a ticket's stages are due, which is next, and how it is explained."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from config.clock import CHINA
from handlers.errors import DomainError
from handlers.tickets import deadlines, explanation, service, storms
from handlers.tickets.models import Source

WEDNESDAY = "2026-11-25T"


def due(ticket, stage):
    return datetime.fromisoformat(ticket.due[stage])


@pytest.mark.parametrize(
    ("category", "place", "dues"),
    [
        ("outage", "C001", {"first_contact": "10:15", "arrival": "10:45", "restoration": "13:45"}),
        ("outage", "C002", {"first_contact": "10:15", "arrival": "11:30", "restoration": "15:30"}),
        ("outage", None, {"first_contact": "10:15", "arrival": "10:45", "restoration": "13:45"}),
        ("fault", "C001", {"first_contact": "10:30", "arrival": "10:45", "restoration": "13:45"}),
    ],
)
def test_repairs_have_the_promise_of_their_place(opened, category, place, dues):
    ticket = opened(category, community_code=place, place_text="某处")
    assert ticket.due == {stage: f"{WEDNESDAY}{clock}:00+08:00" for stage, clock in dues.items()}
    assert ticket.next_due_at == due(ticket, "first_contact")


@pytest.mark.parametrize(
    ("category", "dues"),
    [
        ("complaint", {"first_contact": "11-26T10:00", "reply": "12-02T17:30"}),
        ("reconnection", {"first_contact": "11-25T12:00", "restoration": "11-26T10:00"}),
        ("meter", {"first_contact": "11-26T17:30", "reply": "12-02T17:30"}),
        ("pv", {"first_contact": "11-26T17:30", "reply": "12-23T17:30"}),
        ("claim", {"first_contact": "11-26T10:00", "reply": "12-02T17:30"}),
        ("violation", {"reply": "12-09T17:30"}),
        ("suggestion", {"reply": "12-09T17:30"}),
        ("consult", {"first_contact": "11-26T17:30", "reply": "12-02T17:30"}),
        ("praise", {}),
    ],
)
def test_other_matters_have_their_own_clocks(opened, category, dues):
    ticket = opened(category)
    assert ticket.due == {stage: f"2026-{text}:00+08:00" for stage, text in dues.items()}


def test_danger_to_life_is_answered_in_three_minutes_whatever_the_category(opened, desk):
    ticket = opened("complaint", is_p0=True)
    assert due(ticket, "first_contact") == desk.now + timedelta(minutes=3)
    assert due(ticket, "arrival") == desk.now + timedelta(minutes=45)


@pytest.mark.parametrize(
    ("source", "contact", "reply"),
    [(Source.REGULATOR_12398, 2, "11-30"), (Source.CITY_12345, 4, "11-30")],
)
def test_the_regulator_and_the_city_line_have_stricter_clocks(opened, desk, source, contact, reply):
    ticket = opened("billing", source=source)
    assert due(ticket, "first_contact") == desk.now + timedelta(hours=contact)
    assert ticket.due["reply"] == f"2026-{reply}T17:30:00+08:00"
    repair = opened("outage", source=source)
    assert due(repair, "first_contact") == desk.now + timedelta(minutes=15)


def test_the_clock_starts_with_the_report_not_with_our_learning_of_it(opened, desk):
    ticket = opened("outage", reported_at=desk.now - timedelta(minutes=20))
    assert due(ticket, "arrival") == desk.now + timedelta(minutes=25)


def test_closing_an_account_may_take_eight_working_days(opened):
    assert opened("account", intent="close_account").due["reply"].startswith("2026-12-07")
    live = opened("account", intent="close_account", fields={"live_work": "yes"})
    assert live.due["reply"].startswith("2026-11-30")


def test_a_place_listed_as_remote_has_two_hours(opened, desk):
    arrival = replace(desk.tables.sla.arrival, remote_places=frozenset({"莲溪村"}))
    desk.tables = replace(desk.tables, sla=replace(desk.tables.sla, arrival=arrival))
    ticket = opened("outage", community_code="C002")
    assert due(ticket, "arrival") == desk.now + timedelta(minutes=120)
    assert due(ticket, "restoration") == desk.now + timedelta(hours=6)


def test_a_child_of_a_bad_mark_is_contacted_within_a_day(opened, desk):
    rated = opened("billing")
    child = opened("billing", parent_id=rated.id, keeps_apart=True)
    assert due(child, "first_contact") == desk.now + timedelta(hours=24)


def test_stages_that_are_met_drop_out(opened, desk):
    ticket = opened("outage")
    service.accept(desk, ticket, by="zhou")
    assert ticket.next_due_at == due(ticket, "arrival")
    service.arrive(desk, ticket, by="zhou")
    assert ticket.next_due_at == due(ticket, "restoration")
    service.resolve(desk, ticket, by="zhou", text="已换保险")
    assert ticket.next_due_at is None


def test_a_pause_holds_the_clock_and_the_resumption_moves_it(opened, desk):
    ticket = opened("outage")
    service.accept(desk, ticket, by="zhou")
    desk.now += timedelta(minutes=10)
    service.pause(desk, ticket, by="zhou", reason="等住户回家")
    assert ticket.next_due_at is None
    desk.now += timedelta(hours=2)
    service.resume(desk, ticket, by="zhou")
    assert ticket.due["arrival"] == f"{WEDNESDAY}12:45:00+08:00"
    assert ticket.next_due_at == due(ticket, "arrival")


def test_a_pause_does_not_undo_a_deadline_already_missed(opened, desk):
    ticket = opened("outage")
    missed = ticket.next_due_at
    desk.now += timedelta(hours=5)
    service.pause(desk, ticket, by="zhou", reason="等住户回家")
    assert ticket.next_due_at == missed


def test_a_reopened_ticket_has_a_fresh_clock(opened, desk):
    ticket = opened("outage")
    service.accept(desk, ticket, by="zhou")
    service.resolve(desk, ticket, by="zhou", text="已换保险")
    desk.now += timedelta(days=2)
    service.reopen(desk, ticket, by="resident", text="还没好")
    assert ticket.next_due_at == desk.now + timedelta(minutes=15)
    desk.now += timedelta(minutes=5)
    service.pause(desk, ticket, by="zhou", reason="等住户回家")
    service.resume(desk, ticket, by="zhou")
    assert due(ticket, "arrival") == desk.now + timedelta(minutes=40)


def test_a_storm_stops_repairs_of_its_station_but_never_danger_to_life(opened, desk):
    ticket = opened("outage")
    danger = opened("hazard", "有人触电", is_p0=True)
    contact, arrival = due(ticket, "first_contact"), due(ticket, "arrival")
    desk.now += timedelta(minutes=20)
    storms.declare(desk, reason="台风橙色预警", by="command", station_code="CD")
    service.accept(desk, ticket, by="zhou")
    assert ticket.next_due_at is None
    late = opened("outage", building="4", keeps_apart=True)
    assert late.next_due_at == desk.now + timedelta(minutes=15)
    desk.now += timedelta(hours=4)
    assert storms.lift(desk, station_code="CD") == 3
    assert due(ticket, "first_contact") == contact
    assert due(ticket, "arrival") == arrival + timedelta(hours=4)
    assert due(late, "arrival") == desk.now + timedelta(minutes=45)
    assert ticket.next_due_at == due(ticket, "arrival")
    assert due(danger, "arrival") == arrival
    assert "台风橙色预警" in "".join(deadlines.explain_lines(desk, ticket))


def test_a_storm_elsewhere_changes_nothing(opened, desk):
    storms.declare(desk, reason="暴雪", by="command", station_code="CX")
    ticket = opened("outage")
    assert due(ticket, "arrival") == desk.now + timedelta(minutes=45)
    with pytest.raises(DomainError, match="没有在不可抗力"):
        storms.lift(desk, station_code="CD")
    with pytest.raises(DomainError, match="已经在不可抗力"):
        storms.declare(desk, reason="暴雪", by="command", station_code="CX")


def test_the_explanation_names_every_counted_interval_and_what_was_left_out(opened, desk):
    desk.now = datetime(2026, 9, 30, 17, 50, tzinfo=CHINA)
    lines = deadlines.explain_lines(desk, opened("complaint"))
    assert lines[0].endswith("投诉（P2）")
    assert "计时从2026年09-30周三 17:50开始。" in lines
    assert "【联系】10-01周四 17:50前，还有1天" in lines
    assert "【答复】10-13周二 17:30前，还有12天23小时" in lines
    assert "  09-30周三 当天不计，次日起算" in lines
    assert "  10-01至10-07国庆节 不计" in lines
    assert "  10-10周六 08:30–12:00、14:00–17:30 计7小时" in lines
    assert "  10-11周末 不计" in lines


def test_the_explanation_tells_pauses_and_what_came_late(opened, desk):
    ticket = opened("outage")
    desk.now += timedelta(minutes=5)
    service.pause(desk, ticket, by="zhou", reason="等住户回家")
    assert "时限现在暂停，恢复后顺延。" in deadlines.explain_lines(desk, ticket)
    desk.now += timedelta(minutes=30)
    service.resume(desk, ticket, by="zhou")
    desk.now += timedelta(minutes=20)
    service.accept(desk, ticket, by="zhou")
    lines = deadlines.explain_lines(desk, ticket)
    assert "【联系】11-25周三 10:45前，已于11-25周三 10:55完成，超时" in lines
    assert "  11-25周三 10:05–10:35 暂停，不计：等住户回家" in lines


def test_a_ticket_without_deadlines_says_so(opened, desk):
    assert deadlines.explain_lines(desk, opened("praise"))[-1] == "这类工单没有时限。"


def test_the_resident_reads_the_same_in_one_sentence(opened, desk):
    plan = deadlines.explain(desk, opened("complaint"))
    reply = next(one for one in plan if one.stage == "reply")
    line = explanation.resident_line(reply, desk.tables.calendar)
    assert line == "最晚12月02日17:30前答复（5个工作日，其中11-28至11-29周末不算）"
