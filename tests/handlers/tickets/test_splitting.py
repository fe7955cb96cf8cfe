"""One ticket becomes two, a wrong merge is undone, a report is withdrawn within two minutes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from handlers.errors import DomainError, StateConflictError
from handlers.tickets import service, splitting, staff_life
from handlers.tickets.models import Category, State, Ticket
from notifier.models import OutboxMessage


def latest(desk):
    return desk.session.scalars(sa.select(Ticket).order_by(Ticket.id.desc()).limit(1)).one()


def test_the_second_matter_goes_to_its_own_person_and_both_know_each_other(desk, opened):
    ticket = opened("outage", building="3", openid="o1", phone="19900002625")
    said = staff_life.answer(desk, "zhou", f"拆单 {ticket.number} 电费 上个月电费不对")
    made = latest(desk)
    assert made.number in said
    assert (made.category, made.assignee_userid, made.text) == ("billing", "wan", "上个月电费不对")
    assert (made.phone, made.openid, made.building) == ("19900002625", "o1", "3")
    assert splitting.kin(made) == [(ticket.number, "从这张单分出来")]
    assert splitting.kin(ticket) == [(made.number, "分出去的单")]
    assert ticket.state == State.ASSIGNED
    kinds = desk.session.scalars(sa.select(OutboxMessage.kind).where(OutboxMessage.target == "o1"))
    assert "ticket_split" in set(kinds)


def test_the_same_category_makes_a_second_ticket_all_the_same(desk, opened):
    ticket = opened("outage", building="3", room="501", openid="o1")
    made = splitting.split(desk, ticket, category=Category.OUTAGE, text="车库也没电", by="zhou")
    assert made.id != ticket.id


@pytest.mark.parametrize(("rest", "words"), [("电费", "请写上"), ("不知道 说不清", "哪一类")])
def test_what_is_missing_is_said(desk, opened, rest, words):
    ticket = opened("outage")
    with pytest.raises(DomainError, match=words):
        staff_life.answer(desk, "zhou", f"拆单 {ticket.number} {rest}")


def test_a_closed_ticket_is_not_split(desk, opened):
    ticket = opened("outage")
    service.close(desk, ticket, by="zhou")
    with pytest.raises(StateConflictError):
        splitting.split(desk, ticket, category=Category.BILLING, text="电费", by="zhou")


def test_a_wrong_merge_is_undone_where_it_was(desk, opened):
    target, ticket = opened("outage", building="3"), opened("fault", building="4")
    service.accept(desk, ticket, by="xu")
    service.merge(desk, ticket, into=target.number, by="xu")
    desk.session.flush()
    splitting.unmerge(desk, ticket, by="xu")
    assert (ticket.state, ticket.merged_into_id) == (State.ACCEPTED, None)
    assert ticket.next_due_at is not None
    with pytest.raises(StateConflictError):
        splitting.unmerge(desk, ticket, by="xu")


def test_a_residents_report_may_be_withdrawn_at_once(desk, opened):
    ticket = opened("outage", openid="o1")
    assert ticket.undo_until == desk.now + timedelta(minutes=2)
    assert opened("outage", building="4", source="95598").undo_until is None
