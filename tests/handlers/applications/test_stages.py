"""What follows an application: stages with clocks, papers, reminders, undoing."""

from datetime import timedelta

import pytest

from handlers import reactions
from handlers.applications import materials, pictures, service
from handlers.errors import DomainError
from handlers.tickets import service as tickets
from tests.handlers.applications.conftest import outbox, picture
from tests.support.talk import Talk


def days(rows):
    return [(row.stage, f"{row.due_at:%m-%d}" if row.due_at else "") for row in rows]


def test_the_stages_of_a_pile_end_with_the_fifth_working_day(desk, applied):
    ticket = applied("apply_charging_pile", "1")
    assert days(service.stages_of(desk, ticket)) == [
        ("受理", "11-26"),
        ("现场勘查", "11-30"),
        ("装表送电", "12-02"),
    ]
    assert ticket.fields["stage"] == "受理（最晚11月26日）"
    assert ticket.due["reply"].startswith("2026-12-02T17:30")


def test_accepting_completes_the_first_stage_and_resolving_all(desk, applied):
    ticket = applied("apply_charging_pile", "1")
    tickets.accept(desk, ticket, by="zhou")
    reactions.settle(desk)
    assert ticket.fields["stage"] == "现场勘查（最晚11月30日）"
    tickets.resolve(desk, ticket, by="zhou", text="表装好了")
    reactions.settle(desk)
    assert all(row.done_at for row in service.stages_of(desk, ticket))
    assert service.open_rows(desk, ticket) == []


def test_a_finished_stage_is_told_and_starts_the_next(desk, applied):
    ticket = applied("apply_charging_pile", "1")
    service.advance(desk, ticket, by="zhou")
    service.advance(desk, ticket, "现场勘查", by="zhou", note="可以接电")
    assert ticket.fields["stage"] == "装表送电（最晚12月2日）"
    assert ticket.first_contact_at == desk.now
    told = outbox(desk, "application_stage")[-1]
    assert "现场勘查已完成。\n可以接电\n接下来：装表送电（最晚12月2日）。" in told
    with pytest.raises(DomainError):
        service.advance(desk, ticket, "现场勘查", by="zhou")


def test_the_clock_of_connecting_solar_starts_when_the_owner_has_built(desk, talk):
    talk.wants("apply_pv").says("自家屋顶装光伏，余电上网", community="莲溪村")
    talk.says("确认")
    ticket = talk.ticket
    assert days(service.stages_of(desk, ticket))[1:] == [
        ("勘查，答复接入方案", "12-23"),
        ("您这边施工，完工后申请验收", ""),
        ("装表、验收、并网", ""),
    ]
    for _ in range(3):
        service.advance(desk, ticket, by="zhou")
        desk.now += timedelta(days=1)
    assert ticket.fields["stage"].startswith("装表、验收、并网（最晚12月1")


def test_closing_has_two_legs_and_the_look_on_site_decides_the_clock(desk, applied):
    ticket = applied("close_account", "都没有")
    assert [(row.leg, f"{row.due_at:%m-%d}") for row in service.stages_of(desk, ticket)] == [
        ("营销", "11-30"),
        ("运检", "12-07"),
    ]
    service.set_live_work(desk, ticket, possible=True, by="xu")
    work = service.stages_of(desk, ticket, leg="运检")
    assert days(work) == [("带电拆表拆线", "11-30")]
    assert ticket.due["reply"].startswith("2026-11-30")
    service.advance(desk, ticket, "带电拆表拆线", by="xu")
    assert ticket.fields["stage"] == "核对身份，结清电费（最晚11月30日）"


def test_a_three_phase_meter_gets_its_outage_on_the_second_working_day(desk, talk):
    talk.wants("apply_supply").says("装三相电", community="莲溪村")
    talk.says("确认")
    assert days(service.stages_of(desk, talk.ticket))[-1] == ("停电装三相表", "11-27")


def test_papers_are_sent_back_for_once_and_the_clock_waits(desk, applied):
    ticket = applied("apply_charging_pile", "1")
    materials.return_for(desk, ticket, ["身份证", "车位产权证明"], by="zhou", reason="照片看不清。")
    (told,) = outbox(desk, "application_return")
    assert "1 身份证：照片看不清。" in told
    assert "2 车位产权证明（或购买合同）：照片看不清。" in told
    assert "3 物业同意安装的证明（自家院子不用）" in told
    desk.now += timedelta(days=2)
    left = materials.take_materials(desk, ticket, by="zhou", names=["身份证", "物业证明"])
    assert left == ["车位产权证明（或购买合同）"]
    assert materials.take_materials(desk, ticket, by="zhou") == []
    assert days(service.stages_of(desk, ticket))[-1] == ("装表送电", "12-04")
    with pytest.raises(DomainError):
        materials.return_for(desk, ticket, [" "], by="zhou")


def test_missing_papers_are_reminded_of_three_times_at_most(any_desk):
    talk = Talk(any_desk, "apply_charging_pile")
    talk.says("自己的车位装充电桩", community="棉纺一厂宿舍")
    talk.says("确认")
    assert materials.remind_missing(any_desk) == 0
    for _ in range(5):
        any_desk.now += timedelta(days=5)
        materials.remind_missing(any_desk)
    told = outbox(any_desk, "application_reminder")
    assert len(told) == 3
    assert "物业同意安装的证明" in told[0]


def test_a_paper_that_was_sent_needs_no_reminder(desk, applied):
    ticket = applied("check_meter", "1")
    pictures.take(desk, ticket, picture(desk))
    desk.now += timedelta(days=5)
    assert materials.remind_missing(desk) == 0


def test_pictures_sent_while_the_form_was_open_belong_to_the_ticket(desk, talk):
    talk.says("装充电桩", community="棉纺一厂宿舍")
    sent = picture(desk)
    pictures.take_ahead(desk, talk.memory["form"], sent)
    talk.says("1")
    assert "已收到：身份证" in talk.says("确认").text
    desk.session.refresh(sent)
    assert (sent.ticket_id, sent.material) == (talk.ticket.id, "身份证")
    assert "身份证" not in talk.ticket.fields["missing"]


def test_taking_an_application_back_drops_what_was_to_come(desk, applied):
    ticket = applied("apply_charging_pile", "1")
    assert ticket.undo_until == desk.now + timedelta(minutes=2)
    tickets.cancel(desk, ticket, by="resident", text="撤回")
    reactions.settle(desk)
    assert service.stages_of(desk, ticket) == []
    assert ticket.fields["stage"] == ""
