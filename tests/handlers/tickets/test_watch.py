"""What the timers do: warnings, escalation, paging, silence."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from config.clock import CHINA
from handlers.grid.models import StaffLeave
from handlers.tickets import service, watch
from handlers.tickets.models import Action, State, Ticket, TicketEvent
from notifier.models import OutboxMessage
from tests.support.desks import fill_registry, make_desk


@pytest.fixture
def desk(database):
    """What the timers ask of the database differs between the two, so both answer."""
    with database.scope() as session:
        fill_registry(session)
        yield make_desk(session)


@pytest.fixture
def sent(desk):
    """Who was sent what of a kind: {userid: [texts]}."""

    def of(kind):
        query = sa.select(OutboxMessage).where(OutboxMessage.kind == kind)
        found = {}
        for message in desk.session.scalars(query.order_by(OutboxMessage.id)):
            found.setdefault(message.target, []).append(message.payload["text"])
        return found

    return of


def clock(text):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CHINA)


def actions(desk, ticket, action):
    query = sa.select(TicketEvent).where(
        TicketEvent.ticket_id == ticket.id, TicketEvent.action == action
    )
    return desk.session.scalars(query.order_by(TicketEvent.id)).all()


def test_half_of_the_time_gone_tells_the_assignee_once(opened, desk, sent):
    ticket = opened("billing")  # contact within a working day, that is the 26th
    desk.now = clock("11-26T11:59")
    assert watch.warn_due(desk) == 0
    desk.now = clock("11-26T12:00")
    assert watch.warn_due(desk) == 1
    assert watch.warn_due(desk) == 0
    (text,) = sent("ticket_warnings")["wan"]
    line = "电费业务 棉纺一厂宿舍：11-26周四 17:30前要联系，还剩5小时30分钟"
    assert f"{ticket.number} {line}" in text


def test_the_ladder_goes_from_the_assignee_to_the_command_centre(opened, desk, sent):
    opened("outage")
    desk.now += timedelta(minutes=8)
    watch.warn_due(desk)
    assert set(sent("ticket_warnings")) == {"zhou"}
    desk.now += timedelta(minutes=4)
    watch.warn_due(desk)
    assert set(sent("ticket_warnings")) == {"zhou", "liu", "deng"}
    desk.now += timedelta(minutes=4)
    watch.warn_due(desk)
    told = sent("ticket_warnings")
    assert {userid: len(texts) for userid, texts in told.items()} == {
        "zhou": 3,
        "liu": 1,
        "deng": 2,
        "hu": 1,
        "command": 1,
    }
    assert "联系已超时1分钟（时限11-25周三 10:15）" in told["hu"][0]
    assert watch.warn_due(desk) == 0


def test_many_tickets_are_one_digest(opened, desk, sent):
    for building in range(1, 13):
        opened("complaint", building=str(building), room="101")
    desk.now += timedelta(hours=23)
    watch.warn_due(desk)
    (text,) = sent("ticket_warnings")["zhou"]
    assert text.startswith("【时限提醒】12张工单")
    assert text.count("还剩1小时") == 10
    assert "另有2张" in text


def test_a_calm_warning_waits_for_the_shift_of_its_reader(opened, desk, sent):
    opened("complaint")
    desk.now = clock("11-26T03:00")
    assert watch.warn_due(desk) == 0
    desk.now = clock("11-26T08:00")
    assert watch.warn_due(desk) == 3
    assert set(sent("ticket_warnings")) == {"zhou", "liu", "deng"}


def test_someone_off_shift_hears_later_but_once(opened, desk, sent):
    opened("complaint")
    desk.now = clock("11-26T09:00")
    away = StaffLeave(
        userid="deng", starts_at=desk.now, ends_at=clock("11-26T09:30"), reason="外出"
    )
    desk.session.add(away)
    watch.warn_due(desk)
    assert "deng" not in sent("ticket_warnings")
    desk.now = clock("11-26T09:31")
    assert watch.warn_due(desk) == 1
    assert len(sent("ticket_warnings")["deng"]) == 1
    assert len(sent("ticket_warnings")["zhou"]) == 1


def test_a_night_outage_warns_at_once(opened, desk, sent):
    desk.now = clock("11-26T02:00")
    ticket = opened("outage")
    desk.now += timedelta(minutes=20)
    watch.warn_due(desk)
    assert ticket.assignee_userid in sent("ticket_warnings")
    assert {"deng", "hu", "command"} <= set(sent("ticket_warnings"))


def test_a_met_stage_and_a_pause_warn_nobody(opened, desk):
    ticket = opened("outage")
    service.accept(desk, ticket, by="zhou")
    desk.now += timedelta(minutes=20)
    assert watch.warn_due(desk) == 0
    service.pause(desk, ticket, by="zhou", reason="等住户回家")
    desk.now += timedelta(days=1)
    assert watch.warn_due(desk) == 0


def test_a_warning_is_no_edit_conflict(opened, desk):
    ticket = opened("outage")
    desk.session.flush()
    before = ticket.version
    desk.now += timedelta(minutes=20)
    watch.warn_due(desk)
    desk.session.flush()
    assert (ticket.version, ticket.warned_percent) == (before, 100)


def test_nobody_accepts_so_it_goes_to_b_the_leader_the_head_and_the_centre(opened, desk, sent):
    ticket = opened("outage")
    desk.now += timedelta(minutes=4)
    assert watch.escalate_unaccepted(desk) == 0
    reached = []
    for minutes in (1, 5, 10, 10):
        desk.now += timedelta(minutes=minutes)
        assert watch.escalate_unaccepted(desk) == 1
        assert watch.escalate_unaccepted(desk) == 0
        reached.append((ticket.assignee_userid, ticket.escalation_level, ticket.is_supervised))
    assert reached == [("liu", 0, False), ("liu", 1, False), ("liu", 2, False), ("liu", 3, True)]
    assert ticket.assigned_because == "周志强5分钟没有接单，转B角"
    assert {userid: len(texts) for userid, texts in sent("ticket_escalated").items()} == {
        "deng": 1,
        "hu": 1,
        "command": 1,
    }
    assert len(actions(desk, ticket, Action.ESCALATE)) == 3
    desk.now += timedelta(hours=5)
    assert watch.escalate_unaccepted(desk) == 0


def test_an_accepted_ticket_does_not_climb(opened, desk):
    service.accept(desk, opened("outage"), by="zhou")
    desk.now += timedelta(hours=1)
    assert watch.escalate_unaccepted(desk) == 0


def test_a_worker_that_was_down_takes_every_step_it_missed(opened, desk, sent):
    ticket = opened("outage")
    desk.now += timedelta(hours=1)
    assert watch.escalate_unaccepted(desk) == 4
    assert ticket.escalation_level == 3
    assert set(sent("ticket_escalated")) == {"deng", "hu", "command"}


def test_a_calm_ticket_climbs_in_humane_hours_only(opened, desk, sent):
    desk.now = clock("11-25T20:45")
    ticket = opened("complaint")
    assert ticket.assignee_userid == "deng"  # nobody of the grid is on shift
    desk.now = clock("11-26T06:00")
    assert watch.escalate_unaccepted(desk) == 0
    desk.now = clock("11-26T08:10")
    assert watch.escalate_unaccepted(desk) == 0
    desk.now = clock("11-26T08:50")
    assert watch.escalate_unaccepted(desk) == 0  # the team leader has it already
    desk.now = clock("11-26T09:50")
    assert watch.escalate_unaccepted(desk) == 1
    assert set(sent("ticket_escalated")) == {"hu"}


def test_several_calm_tickets_reach_a_level_as_one_digest(opened, desk, sent):
    for building in ("1", "2", "3"):
        opened("complaint", building=building, room="101")
    desk.now += timedelta(minutes=61)
    assert watch.escalate_unaccepted(desk) == 6
    (text,) = sent("ticket_escalations")["deng"]
    assert text.startswith("【无人接单】3张工单")
    assert "deng" not in sent("ticket_escalated")


def test_a_person_who_transfers_starts_the_wait_anew(opened, desk):
    ticket = opened("outage")
    desk.now += timedelta(minutes=4)
    service.transfer(desk, ticket, to="xu", by="deng", text="设备问题")
    desk.now += timedelta(minutes=4)
    assert watch.escalate_unaccepted(desk) == 0


def test_a_place_in_no_registry_goes_straight_to_the_command_centre(opened, desk, sent):
    ticket = opened("outage", community_code=None, place_text="不知道哪里")
    desk.now += timedelta(minutes=6)
    assert watch.escalate_unaccepted(desk) == 1
    assert ticket.is_supervised
    assert set(sent("ticket_escalated")) == {"command"}


def test_danger_is_paged_again_until_someone_acknowledges(opened, desk, sent):
    ticket = opened("hazard", "有人触电", is_p0=True)
    assert watch.page_again(desk) == 0
    for _ in range(2):
        desk.now += timedelta(minutes=3)
        assert watch.page_again(desk) == 1
        assert watch.page_again(desk) == 0
    pages = sent("ticket_page")
    assert {userid: len(texts) for userid, texts in pages.items()} == {
        "he": 3,
        "peng": 3,
        "xu": 2,
    }
    service.accept(desk, ticket, by="he")
    desk.now += timedelta(minutes=3)
    assert watch.page_again(desk) == 0


def test_a_p0_of_any_category_and_a_p1_hazard_are_paged_an_outage_is_not(opened, desk):
    opened("complaint", is_p0=True)
    opened("hazard", building="2")
    opened("outage", building="3")
    desk.now += timedelta(minutes=3)
    assert watch.page_again(desk) == 2


def test_a_page_is_no_edit_conflict(opened, desk):
    ticket = opened("hazard", is_p0=True)
    desk.session.flush()
    before = ticket.version
    desk.now += timedelta(minutes=3)
    watch.page_again(desk)
    desk.session.flush()
    assert ticket.version == before
    assert ticket.paged_at == desk.now


def test_three_days_of_silence_close_a_resolved_ticket(opened, desk):
    ticket = opened("outage")
    service.resolve(desk, ticket, by="zhou", text="已换保险")
    desk.now += timedelta(hours=71)
    assert watch.close_silent(desk) == 0
    desk.now += timedelta(hours=1)
    assert watch.close_silent(desk) == 1
    assert (ticket.state, ticket.closed_at) == (State.CLOSED, desk.now)
    assert actions(desk, ticket, Action.CLOSE)[0].by == "gridbot"


def test_a_word_of_the_resident_breaks_the_silence(opened, desk):
    ticket = opened("outage")
    service.resolve(desk, ticket, by="zhou", text="已换保险")
    desk.now += timedelta(hours=60)
    service.reply(desk, ticket, by="zhou", text="现在好了吗？")
    desk.now += timedelta(hours=13)
    assert watch.close_silent(desk) == 0
    assert desk.session.get_one(Ticket, ticket.id).state == State.RESOLVED
