"""派错了: back to the command centre, to the right place, and learned."""

import pytest
import sqlalchemy as sa

from handlers.errors import StateConflictError
from handlers.grid.models import CommunityAlias, Staff
from handlers.grid.places import Where
from handlers.tickets import misrouting, service, staff_life
from handlers.tickets.models import Action, State
from notifier.models import OutboxMessage
from tests.support.desks import make_desk


def back(desk, ticket, userid="zhou", reason="是莲溪村的"):
    by = desk.session.get_one(Staff, userid)
    misrouting.give_back(desk, ticket, by=by, reason=reason)


def test_a_ticket_given_back_lies_in_the_general_queue_with_the_reason(desk, opened):
    ticket = opened("outage", building="3")
    back(desk, ticket)
    assert (ticket.state, ticket.grid_code, ticket.assignee) == (State.OPEN, None, None)
    assert ticket.assigned_because == "周志强退回：派错了，是莲溪村的"
    query = sa.select(OutboxMessage).where(OutboxMessage.kind == "ticket_misrouted")
    (card,) = desk.session.scalars(query)
    assert card.target == "command"
    assert "是莲溪村的" in card.payload["text"]


def test_only_who_has_it_or_leads_gives_it_back(desk, opened):
    ticket = opened("outage", building="3")
    with pytest.raises(StateConflictError, match="周志强"):
        back(desk, ticket, "xu")
    back(desk, ticket, "deng")
    with pytest.raises(StateConflictError):
        back(desk, ticket, "deng")


def test_with_the_right_place_it_goes_there_at_once(desk, opened):
    ticket = opened("outage", building="3")
    said = staff_life.answer(desk, "zhou", f"派错了 {ticket.number} 是莲溪村2组的")
    assert "已改到莲溪村" in said
    assert (ticket.community_code, ticket.area_code) == ("C002", "TQ0003")
    assert ticket.state == State.ASSIGNED
    (row,) = misrouting.corrections(desk)
    assert (row.place, row.wrong_grid, row.right_grid, row.times) == (
        "棉纺一厂宿舍3栋",
        "CD01",
        "CD01",
        1,
    )


def test_a_learned_name_that_led_astray_is_learned_anew(desk, opened):
    desk.session.add(CommunityAlias(alias="老纺织院", community_code="C001", is_learned=True))
    desk.session.flush()
    desk = make_desk(desk.session)
    ticket = opened("outage", "老纺织院没电了", building="3")
    back(desk, ticket)
    where = Where("C002", "莲溪村")
    misrouting.put_right(desk, ticket, where, by="command", learn=True)
    query = sa.select(CommunityAlias).where(CommunityAlias.alias == "老纺织院")
    assert [row.community_code for row in desk.session.scalars(query)] == ["C002"]


def test_without_leave_to_learn_nothing_is_learned(desk, opened):
    ticket = opened("outage", "一棉宿舍没电了", building="3")
    misrouting.put_right(desk, ticket, Where("C002", "莲溪村"), by="command", learn=False)
    names = desk.session.scalars(sa.select(CommunityAlias.alias)).all()
    assert names == ["一棉宿舍"]


def test_the_button_needs_no_words_and_the_place_may_follow(desk, opened):
    ticket = opened("outage", building="3")
    assert "已退回指挥中心" in staff_life.press_misrouted(desk, "zhou", ticket.number)
    assert ticket.grid_code is None
    asked = sa.select(OutboxMessage).where(OutboxMessage.kind == "misrouted_ask")
    assert desk.session.scalars(asked).one().target == "zhou"
    said = staff_life.answer(desk, "zhou", f"派错 {ticket.number} 棉纺一厂宿舍5栋")
    assert "已改到棉纺一厂宿舍5栋" in said
    assert ticket.area_code == "TQ0002"


def test_why_is_answered_with_the_rule_and_the_place(desk, opened):
    ticket = opened("outage", building="3")
    said = staff_life.answer(desk, "zhou", "为什么派给我")
    assert ticket.number in said
    assert ticket.assigned_because in said
    assert "棉纺一厂宿舍#1公变，属于棉纺网格" in said


def test_a_ticket_given_back_is_not_the_residents_business(desk, opened):
    ticket = opened("outage", building="3", openid="o1")
    service.accept(desk, ticket, by="zhou")
    back(desk, ticket)
    desk.session.flush()
    desk.session.refresh(ticket)
    (event,) = [one for one in ticket.events if one.action == Action.MISROUTE]
    assert not event.is_public


def test_another_building_of_the_same_estate_is_another_place(desk, opened):
    ticket = opened("outage", building="3")
    staff_life.answer(desk, "zhou", f"派错 {ticket.number} 棉纺一厂宿舍4栋")
    assert (ticket.area_code, ticket.building) == ("TQ0002", "4")
