"""Staff move an application on from the WeCom application."""

import pytest

from handlers import reactions
from handlers.applications import commands, papers, service
from handlers.errors import DomainError
from handlers.tickets import service as tickets
from tests.handlers.applications.conftest import outgoing


def test_stages_are_listed_and_completed_by_name(desk, applied):
    ticket = applied("apply_charging_pile", "1")
    listed = commands.answer(desk, "zhou", f"环节 {ticket.number}")
    assert "→ 受理" in listed
    assert "· 装表送电" in listed
    commands.answer(desk, "zhou", f"环节 {ticket.number} 受理")
    said = commands.answer(desk, "zhou", "环节 现场勘查，可以接电", f"工单 {ticket.number}")
    assert "接下来：装表送电" in said
    commands.answer(desk, "zhou", f"环节 {ticket.number} 完成")
    assert "都做完了" in commands.answer(desk, "zhou", f"环节 {ticket.number}")


def test_papers_are_sent_back_for_and_taken_in(desk, applied):
    ticket = applied("apply_charging_pile", "1")
    commands.answer(desk, "zhou", f"缺料 {ticket.number} 身份证、产权证明 照片看不清")
    assert {row.name: row.reason for row in papers.of(desk, ticket) if row.reason} == {
        "身份证": "照片看不清",
        "车位产权证明（或购买合同）": "照片看不清",
    }
    assert "还缺：车位产权证明" in commands.answer(desk, "zhou", f"收料 {ticket.number} 身份证")
    with pytest.raises(DomainError, match="没有「户口本」这样材料"):
        commands.answer(desk, "zhou", f"收料 {ticket.number} 户口本")
    assert "材料已齐" in commands.answer(desk, "zhou", f"收料 {ticket.number}")


def test_the_look_on_site_says_whether_live_work_will_do(desk, applied):
    ticket = applied("close_account", "都没有")
    commands.answer(desk, "xu", f"带电 {ticket.number} 不能")
    assert [row.stage for row in service.stages_of(desk, ticket, leg="运检")] == ["停电拆表拆线"]
    with pytest.raises(DomainError):
        commands.answer(desk, "xu", f"带电 {ticket.number} 也许")


@pytest.mark.parametrize("text", ["环节", "收料 身份证"])
def test_a_command_needs_its_ticket(desk, text):
    with pytest.raises(DomainError):
        commands.answer(desk, "zhou", text)


def test_other_words_are_no_command_of_applications(desk):
    assert commands.answer(desk, "zhou", "我的工单") is None


def test_the_buttons_of_the_card_complete_a_stage_and_ask_about_papers(desk, applied):
    ticket = applied("apply_charging_pile", "1")
    tickets.accept(desk, ticket, by="zhou")
    reactions.settle(desk)
    cards = outgoing(desk, "ticket_stage")
    assert ["完成环节", "stage"] in cards[-1]["card"]["buttons"]
    assert ["环节", "现场勘查（最晚11月30日）"] in cards[-1]["card"]["rows"]
    assert "身份证（没交）" in commands.press(desk, "zhou", "papers", ticket.number)
    assert "接下来：装表送电" in commands.press(desk, "zhou", "stage", ticket.number)
    assert len(outgoing(desk, "ticket_stage")) == len(cards) + 1
