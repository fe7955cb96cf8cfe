"""What 办结 must show, told in words, and a leader's way around it."""

from dataclasses import replace

import pytest

from config.evidence import Needs, Photo
from handlers.errors import DomainError
from handlers.outages.events import OutageRestored
from handlers.outages.models import Outage
from handlers.tickets import commands, evidence, intake, reactions, service
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


def child(opened, rated=None, **facts):
    parent = rated or opened("outage", building="9")
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


def test_other_systems_may_name_the_cause_of_a_bad_mark(desk, opened):
    ticket = child(opened)
    facts = {"at": None, "to": None, "into": None}
    with pytest.raises(DomainError, match="没有「天气」这个原因"):
        intake.act(desk, ticket, "resolve", by="95598", text="已上门 #天气", **facts)
    intake.act(desk, ticket, "resolve", by="95598", text="已上门 #到场太慢", **facts)
    assert (ticket.root_cause, ticket.result) == ("到场太慢", "已上门")


def test_a_bad_mark_is_not_closed_past_its_end_without_a_cause(desk, opened):
    ticket = child(opened)
    facts = {"at": None, "to": None, "into": None}
    with pytest.raises(DomainError, match="差评的原因") as refused:
        intake.act(desk, ticket, "close", by="95598", text="已上门", **facts)
    assert (refused.value.field, ticket.state) == ("root_cause", State.ASSIGNED)
    intake.act(desk, ticket, "close", by="95598", text="已上门 #到场太慢", **facts)
    assert ticket.root_cause == "到场太慢"


def test_a_bad_mark_is_not_closed_by_who_ended_the_rated_case(desk, opened):
    rated = opened("outage", openid="openid-b")
    service.resolve(desk, rated, by="zhou", text="已恢复")
    ticket = child(opened, rated)
    facts = {"at": None, "to": None, "into": None}
    with pytest.raises(DomainError, match="差评不能由您自己关闭"):
        intake.act(desk, ticket, "close", by="zhou", text="#到场太慢", **facts)
    with pytest.raises(DomainError, match="不能撤销"):
        commands.answer(desk, "zhou", f"撤销 {ticket.number} 误点")
    commands.answer(desk, "zhou", f"办结 {ticket.number} 已上门 #到场太慢")
    assert ticket.state == State.RESOLVED
    with pytest.raises(DomainError, match="差评不能由您自己关闭"):
        intake.act(desk, ticket, "close", by="zhou", text="", **facts)
    intake.act(desk, ticket, "close", by="deng", text="", **facts)
    assert ticket.state == State.CLOSED


def test_the_end_of_an_outage_leaves_a_bad_mark_to_a_person(desk, opened):
    plain, rated = opened("outage"), opened("outage", openid="openid-b")
    ticket = child(opened, rated)
    desk.session.add(
        outage := Outage(
            outage_code="TD1",
            kind="fault",
            state="restored",
            starts_at=desk.now,
            ends_at=desk.now,
            created_at=desk.now,
        )
    )
    desk.session.flush()
    plain.outage_code = ticket.outage_code = "TD1"
    reactions.tell_reporters(desk, OutageRestored(outage.id))
    assert (plain.state, ticket.state) == (State.RESOLVED, State.ASSIGNED)
