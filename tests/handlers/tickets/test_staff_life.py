"""What staff write about their day, and pictures they send."""

import pytest
import sqlalchemy as sa

from handlers.dialogue.turn import Door, Inbound, InboundKind
from handlers.errors import DomainError
from handlers.grid.models import StaffLeave
from handlers.tickets import evidence, promises, service, staff_life


def leaves(desk):
    query = sa.select(StaffLeave).order_by(StaffLeave.id)
    return [
        f"{one.starts_at:%d %H:%M}-{one.ends_at:%d %H:%M}" for one in desk.session.scalars(query)
    ]


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("请假 明天 体检", "26 00:00-27 00:00"),
        ("请假 明天到后天", "26 00:00-28 00:00"),
        ("请假 11-28 9点到11-29 18点 家里有事", "28 09:00-29 18:00"),
        ("请假：明天上午", "26 09:00-27 00:00"),
    ],
)
def test_leave_is_taken_as_it_is_said(desk, words, span):
    assert "请假记下了" in staff_life.answer(desk, "zhou", words)
    assert leaves(desk) == [span]


def test_leave_without_a_time_is_asked_back(desk):
    with pytest.raises(DomainError, match="什么时候"):
        staff_life.answer(desk, "zhou", "请假 有点事")


def test_who_is_back_early_gets_tickets_again(desk, opened):
    staff_life.answer(desk, "zhou", "请假 今天")
    assert opened("outage", building="1").assignee_userid == "liu"
    staff_life.answer(desk, "zhou", "销假")
    assert opened("outage", building="2").assignee_userid == "zhou"
    assert "没有登记" in staff_life.answer(desk, "liu", "销假")


def test_leave_reminds_of_what_is_in_hand(desk, opened):
    opened("outage")
    assert "手上还有 1 张单" in staff_life.answer(desk, "zhou", "请假 明天")


def test_promises_are_listed_until_kept(desk, opened):
    ticket = opened("outage")
    promises.make(desk, kind="call", promised_at=desk.now.replace(hour=15), ticket=ticket)
    assert f"{ticket.number} 11-25周三 15:00前回电话" in staff_life.answer(desk, "zhou", "承诺")
    promises.keep(desk, kinds=("call",), ticket=ticket)
    desk.session.flush()
    assert "没有还没兑现" in staff_life.answer(desk, "zhou", "承诺")


@pytest.mark.parametrize("text", ["承诺时限是多少", "为什么停电", "简报怎么写", "我的工单"])
def test_other_words_are_left_to_others(desk, text):
    assert staff_life.answer(desk, "zhou", text) is None


def test_a_handover_says_who_has_it(desk, opened):
    opened("outage")
    said = staff_life.answer(desk, "zhou", "交班 电缆明天到货")
    assert "已交给刘小燕、邓班长" in said
    assert "还有 1 张单" in said


def picture(desk):
    return Inbound(
        door=Door.WECOM_APP,
        user_id="zhou",
        key="k",
        kind=InboundKind.IMAGE,
        at=desk.now,
        media_id="m1",
    )


def test_a_picture_goes_to_the_ticket_its_sender_is_at(desk, opened):
    ticket = opened("outage", building="1")
    opened("outage", building="2")
    with pytest.raises(DomainError, match="到场"):
        staff_life.photo(desk, picture(desk))
    service.arrive(desk, ticket, by="zhou")
    assert ticket.number in staff_life.photo(desk, picture(desk))
    assert evidence.has_photo(desk, ticket)
