"""What 办结 must show, told in words, and a leader's way around it."""

from dataclasses import replace

import pytest

from config.evidence import Needs, Photo
from handlers.errors import DomainError
from handlers.tickets import commands, evidence, intake, service
from handlers.tickets.evidence import Proof
from handlers.tickets.models import State

DONE = "更换了保险，恢复供电。"


@pytest.fixture
def demanding(desk):
    """An operator who demands a picture of every outage."""
    table = desk.tables.evidence
    needs = Needs(checks=("已验电",), photo=Photo.REQUIRED)
    strict = replace(table, categories=dict(table.categories) | {"outage": needs})
    desk.tables = replace(desk.tables, evidence=strict)
    return desk


def child(opened, **facts):
    parent = opened("outage", building="9")
    return opened("complaint", parent_id=parent.id, intent="rate_service", **facts)


def test_all_that_is_missing_is_named_at_once(demanding, opened):
    ticket = opened("outage")
    with pytest.raises(DomainError) as refused:
        service.resolve(demanding, ticket, by="zhou", text=DONE, proof=Proof(frozenset()))
    assert "没有确认「已验电」；现场照片" in refused.value.message
    assert "请班长或站长" in refused.value.message
    assert ticket.state == State.ASSIGNED


def test_a_picture_and_the_checks_are_enough(demanding, opened):
    ticket = opened("outage")
    evidence.add_photo(demanding, ticket, kind="image", platform="wecom", media_id="m1", by="zhou")
    service.resolve(demanding, ticket, by="zhou", text=DONE, proof=Proof(frozenset({"已验电"})))
    assert ticket.state == State.RESOLVED


def test_only_a_leader_may_do_without_and_must_say_why(demanding, opened):
    ticket = opened("outage")
    with pytest.raises(DomainError):
        commands.answer(demanding, "zhou", f"办结 {ticket.number} {DONE} 特批：住户不让拍")
    with pytest.raises(DomainError):
        commands.answer(demanding, "deng", f"办结 {ticket.number} {DONE}")
    commands.answer(demanding, "deng", f"办结 {ticket.number} {DONE} 特批：住户不让拍")
    assert (ticket.state, ticket.result) == (State.RESOLVED, DONE)
    demanding.session.flush()
    demanding.session.refresh(ticket)
    assert any("特批：住户不让拍" in (event.text or "") for event in ticket.events)


def test_other_systems_answer_for_what_they_say(demanding, opened):
    ticket = opened("outage")
    facts = {"at": None, "to": None, "into": None}
    intake.act(demanding, ticket, "resolve", by="95598", text=DONE, **facts)
    assert ticket.state == State.RESOLVED


def test_a_word_in_the_chat_is_enough_where_a_picture_is_only_wished_for(desk, opened):
    ticket = opened("outage")
    said = commands.answer(desk, "zhou", f"办结 {ticket.number} {DONE}")
    assert "已办结" in said
    assert "照片" in said
    assert ticket.result == DONE


def test_the_ticket_of_a_bad_mark_needs_its_cause(desk, opened):
    ticket = child(opened)
    with pytest.raises(DomainError, match="差评的原因"):
        commands.answer(desk, "zhou", f"办结 {ticket.number} 已上门")
    with pytest.raises(DomainError, match="没有「天气」这个原因"):
        commands.answer(desk, "zhou", f"办结 {ticket.number} 已上门 #天气")
    commands.answer(desk, "zhou", f"办结 {ticket.number} 已上门 #到场太慢")
    assert (ticket.root_cause, ticket.result) == ("到场太慢", "已上门")


def test_the_cause_is_read_from_the_result_where_it_tells_it(desk, opened):
    ticket = child(opened)
    commands.answer(desk, "zhou", f"办结 {ticket.number} 已当面道歉")
    assert ticket.root_cause == "沟通不到位"


def test_a_transformers_number_is_no_cause(desk):
    assert evidence.read("更换 #2公变熔丝", is_leader=False) == ("更换 #2公变熔丝", Proof())
