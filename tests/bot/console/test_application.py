"""An application on its ticket's page: stages, papers one by one, refusal, conflicts, audit."""

import re

import pytest
import sqlalchemy as sa

from bot.access.models import AuditEntry
from handlers.applications import papers, service, submission
from handlers.applications.models import PaperState
from handlers.grid.places import Where
from handlers.tickets.models import Media, Ticket
from notifier.models import OutboxMessage
from tests.bot.console.conftest import read
from tests.bot.console.test_ticket import step


def apply(parts, intent="apply_charging_pile", **answers):
    with parts.working() as desk:
        made, _ = submission.submit(
            desk,
            submission.Application(
                intent=intent,
                openid="openid-wang",
                where=Where("C001", "棉纺一厂宿舍", "3", "2单元501"),
                answers={"phone": "19900002625", **answers},
                shown="",
                story="我要办",
            ),
        )
        return made.number


@pytest.fixture
def pile(parts):
    return apply(parts, spot="owned")


def told(parts, kind):
    with parts.database.reading() as session:
        query = sa.select(OutboxMessage).where(OutboxMessage.kind == kind)
        return [row.payload["text"] for row in session.scalars(query.order_by(OutboxMessage.id))]


def rows(parts, number):
    with parts.working() as desk:
        ticket = desk.session.scalars(sa.select(Ticket).where(Ticket.number == number)).one()
        return {row.name: row for row in papers.of(desk, ticket)}


def test_the_big_step_goes_from_stage_to_stage_and_the_resident_hears_each(parts, browser, pile):
    person = browser("zhou")
    step(person, parts, pile, "accept")
    for stage in ("现场勘查", "装表送电"):
        assert f"data-next>完成「{stage}」<" in person.get(f"/tickets/{pile}").text
        assert step(person, parts, pile, "stage").status_code == 302
    assert "data-next>办结<" in person.get(f"/tickets/{pile}").text
    first, last = told(parts, "application_stage")
    assert "现场勘查已完成。" in first
    assert "接下来：装表送电" in first
    assert "装表送电已完成。" in last


def test_a_stage_is_completed_by_name_with_words_for_the_resident(parts, browser, pile):
    person = browser("zhou")
    assert step(person, parts, pile, "stage", stage="受理", text="资料齐").status_code == 302
    refused = step(person, parts, pile, "stage", stage="受理", text="又一次")
    assert refused.status_code == 422
    assert "没有正在办的「受理」" in refused.text
    assert "资料齐" in told(parts, "application_stage")[0]


def test_papers_are_taken_or_sent_back_one_by_one_in_one_go(parts, browser, pile):
    known = rows(parts, pile)
    card, space = known["身份证"], known["车位产权证明（或购买合同）"]
    with parts.working() as desk:
        ticket = desk.session.scalars(sa.select(Ticket)).one()
        desk.session.add(
            Media(
                ticket_id=ticket.id,
                material="身份证",
                kind="image",
                platform="official_account",
                media_id="m",
                state="kept",
                received_at=desk.now,
            )
        )
        desk.session.get(type(card), card.id).state = PaperState.SENT
    person = browser("zhou")
    page = person.get(f"/tickets/{pile}").text
    assert re.search(r'alt="身份证 1"', page)
    fields = {f"verdict-{card.id}": "bad", f"verdict-{space.id}": "good", "more": "户口本，授权书"}
    refused = step(person, parts, pile, "papers", **fields)
    assert refused.status_code == 422
    assert "「身份证」为什么要重发" in refused.text
    assert 'value="户口本，授权书"' in refused.text
    fields[f"reason-{card.id}"] = "照片看不清"
    assert step(person, parts, pile, "papers", **fields).status_code == 302
    after = rows(parts, pile)
    assert after["身份证"].state == PaperState.RETURNED
    assert after["车位产权证明（或购买合同）"].state == PaperState.ACCEPTED
    assert "授权书" in after
    (message,) = told(parts, "application_return")
    assert "1 身份证：照片看不清" in message
    assert "户口本" in message
    assert "车位产权" not in message


def test_nothing_chosen_is_said_and_nothing_is_sent(parts, browser, pile):
    refused = step(browser("zhou"), parts, pile, "papers")
    assert refused.status_code == 422
    assert "请至少选一样材料" in refused.text
    assert told(parts, "application_return") == []


def test_a_picture_that_came_meanwhile_is_a_clear_conflict(parts, browser, pile):
    person, old = browser("zhou"), str(read(parts, pile).version)
    step(browser("liu"), parts, pile, "accept")
    answer = person.post(f"/tickets/{pile}/papers", version=old, more="户口本")
    assert answer.status_code == 409
    assert 'value="户口本"' in answer.text


def test_the_look_on_site_chooses_the_clock_of_a_closing(parts, browser):
    number = apply(parts, "close_account", same_point="neither")
    person = browser("xu")
    assert "能带电拆" in person.get(f"/tickets/{number}").text
    assert step(person, parts, number, "live_work").status_code == 422
    assert step(person, parts, number, "live_work", possible="yes").status_code == 302
    page = person.get(f"/tickets/{number}").text
    assert "带电拆表拆线" in page
    assert 'value="yes"' not in page


def test_a_refusal_says_every_reason_and_the_other_way(parts, browser, pile):
    person = browser("zhou")
    missing = step(person, parts, pile, "decline", text="等改造完")
    assert missing.status_code == 422
    assert "等改造完</textarea>" in missing.text
    fields = {"reasons": ["台区容量已满，要先改造"], "other_reason": "离电源点太远"}
    assert step(person, parts, pile, "decline", text="等改造完", **fields).status_code == 302
    (message,) = told(parts, "ticket_resolve")
    assert "1 台区容量已满，要先改造" in message
    assert "2 离电源点太远" in message
    assert "没能办成" in person.get(f"/tickets/{pile}").text


@pytest.mark.parametrize("action", ["stage", "papers", "live_work", "decline"])
def test_steps_of_applications_are_for_the_own_station_and_for_applications(
    parts, browser, ticket, pile, action
):
    assert step(browser("luo"), parts, pile, action).status_code == 404
    assert step(browser("zhou"), parts, ticket, action, possible="yes", more="身份证", text="x",
                reasons=["y"]).status_code == 422  # fmt: skip


def test_steps_are_in_the_audit_log(parts, browser, pile):
    step(browser("zhou"), parts, pile, "stage", stage="受理")
    with parts.database.reading() as session:
        entry = session.scalars(sa.select(AuditEntry)).one()
        assert (entry.actor, entry.action, entry.subject) == ("zhou", "ticket_stage", pile)


def test_a_stage_that_needs_a_stop_leads_duty_officers_to_its_plan(parts, browser):
    number = apply(parts, "apply_supply", kind="three_phase")
    step(browser("zhou"), parts, number, "accept")
    assert "排停电计划" not in browser("zhou").get(f"/tickets/{number}").text
    page = browser("deng").get(f"/tickets/{number}").text
    link = re.search(r'href="(/console/outages/new[^"]+)"', page)[1].replace("&amp;", "&")
    form = browser("deng").get(link.removeprefix("/console")).text
    assert 'value="2026-11-27T09:00"' in form
    assert re.search(r'value="TQ0001"[^>]*checked', form)
    assert "装三相表" in form


def test_whoever_is_no_application_has_no_panel(browser, ticket):
    assert 'id="application"' not in browser("zhou").get(f"/tickets/{ticket}").text


def test_the_stages_are_those_of_the_service(parts, pile):
    with parts.working() as desk:
        ticket = desk.session.scalars(sa.select(Ticket)).one()
        assert [row.stage for row in service.stages_of(desk, ticket)][-1] == "装表送电"
