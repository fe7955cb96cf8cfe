"""The brief at shift start, once a shift, and the handover note."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from config.clock import CHINA
from handlers.errors import DomainError
from handlers.grid.models import Staff, StaffLeave
from handlers.outages import service as outages
from handlers.tickets import briefs, handovers, promises
from notifier.models import OutboxMessage


def clock(text):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CHINA)


def told(desk, kind):
    query = sa.select(OutboxMessage).where(
        OutboxMessage.kind == kind, OutboxMessage.state == "pending"
    )
    return {row.target: row.payload["text"] for row in desk.session.scalars(query)}


def person(desk, userid):
    return desk.session.get_one(Staff, userid)


def test_everyone_whose_shift_begins_is_briefed_once(desk, opened):
    ticket = opened("outage", building="3")
    desk.now = clock("11-26T07:59")
    assert briefs.send_briefs(desk) == 0
    desk.now = clock("11-26T08:00")
    briefs.send_briefs(desk)
    sent = told(desk, "brief")
    assert {"zhou", "deng", "hu"} <= set(sent)
    assert "wan" not in sent  # nothing to tell
    assert "您手上 1 张，超时 1 张" in sent["zhou"]
    assert ticket.number in sent["zhou"]
    assert "全站在办 1 张" in sent["deng"]
    desk.now += timedelta(minutes=1)
    assert briefs.send_briefs(desk) == 0


def test_a_new_ticket_later_in_the_shift_makes_no_brief(desk, opened):
    desk.now = clock("11-26T08:00")
    briefs.send_briefs(desk)
    opened("billing")
    desk.now += timedelta(minutes=30)
    assert briefs.send_briefs(desk) == 0
    assert "wan" not in told(desk, "brief")


def test_who_is_on_leave_is_left_alone(desk, opened):
    opened("outage", building="3")
    desk.now = clock("11-26T08:00")
    leave = {"starts_at": clock("11-26T00:00"), "ends_at": clock("11-27T00:00")}
    desk.session.add(StaffLeave(userid="zhou", reason="", **leave))
    briefs.send_briefs(desk)
    assert "zhou" not in told(desk, "brief")


def test_a_worker_that_was_down_in_the_morning_does_not_brief_in_the_afternoon(desk, opened):
    opened("outage", building="3")
    desk.now = clock("11-26T14:00")
    assert briefs.send_briefs(desk) == 0


def test_a_night_shift_is_briefed_in_the_evening(desk, opened):
    opened("outage", building="3")
    person(desk, "zhou").starts, person(desk, "zhou").ends = "23:30", "07:00"
    desk.now = clock("11-26T00:10")
    briefs.send_briefs(desk)
    assert set(told(desk, "brief")) == {"zhou"}


def test_the_brief_tells_promises_and_outages_of_ones_grids(desk, opened):
    ticket = opened("outage", building="3")
    promises.make(desk, kind="call", promised_at=clock("11-25T15:00"), ticket=ticket)
    promises.make(desk, kind="reply", promised_at=clock("11-28T15:00"), ticket=ticket)
    raw = {
        "kind": "fault",
        "area_codes": ["TQ0003"],
        "starts_at": desk.now,
        "ends_at": desk.now + timedelta(hours=2),
        "reason": "树障",
    }
    outage, _ = outages.draft(desk, raw, by="deng")
    outages.publish(desk, outage, by="command")
    words = briefs.text(desk, person(desk, "zhou"))
    assert f"{ticket.number} 11-25周三 15:00前回电话" in words
    assert "11-28" not in words
    assert "莲溪村" in words
    assert "树障" in words


def test_a_note_goes_to_the_next_of_the_same_work_and_the_team_leader(desk, opened):
    ticket = opened("outage", building="3")
    note = handovers.write(desk, person(desk, "zhou"), "3栋的电缆明天到货")
    assert (note.to_userids, note.numbers) == (["liu", "deng"], [ticket.number])
    sent = told(desk, "handover")
    assert set(sent) == {"liu", "deng"}
    assert "周志强：3栋的电缆明天到货" in sent["liu"]
    assert ticket.number in sent["liu"]
    assert "3栋的电缆明天到货" in briefs.text(desk, person(desk, "deng"))
    assert "3栋的电缆" not in briefs.text(desk, person(desk, "xu"))


def test_a_note_may_name_its_reader(desk):
    note = handovers.write(desk, person(desk, "he"), "彭勇 抢修车要加油")
    assert (note.to_userids, note.text) == (["peng", "deng"], "抢修车要加油")


def test_an_old_note_is_not_told_again(desk):
    handovers.write(desk, person(desk, "zhou"), "电缆明天到货")
    desk.now += timedelta(days=1)
    assert handovers.latest(desk, "CD") == []


def test_an_empty_note_is_refused(desk):
    with pytest.raises(DomainError, match="请写上要交代的话"):
        handovers.write(desk, person(desk, "zhou"), "  ")
