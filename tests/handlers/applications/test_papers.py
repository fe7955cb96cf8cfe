"""Pictures of papers: each goes to the paper that was asked for, and can be put right."""

import pytest

from handlers.applications import materials, papers, pictures
from handlers.applications.models import PaperState
from handlers.dialogue.turn import Turn
from handlers.errors import DomainError
from nlu.understanding import Request
from tests.handlers.applications.conftest import outbox, outgoing, picture
from tests.support.talk import arrival

CARD, SPACE, CONSENT = "身份证", "车位产权证明（或购买合同）", "物业同意安装的证明（自家院子不用）"


@pytest.fixture
def pile(applied):
    return applied("apply_charging_pile", "1")


@pytest.fixture
def says(desk):
    def say(text, memory=None):
        wish = Request("out_of_scope", 1.0, text)
        turn = Turn(arrival("o1", text), wish, desk.now, memory or {})
        reply = pictures.say_which(turn, desk)
        return reply.text if reply else None

    return say


def shown(desk, ticket):
    return {row.name: papers.pictures(desk, ticket, row.name) for row in papers.of(desk, ticket)}


def send(desk, ticket):
    return pictures.take(desk, ticket, picture(desk))


def test_pictures_are_of_the_papers_in_the_order_they_are_asked_for(desk, pile):
    assert "反面" in send(desk, pile)
    assert f"接着发「{SPACE}」，还差2样" in send(desk, pile)
    assert f"接着发「{CONSENT}」" in send(desk, pile)
    assert "材料都齐了，周志强核对" in send(desk, pile)
    assert shown(desk, pile) == {CARD: 2, SPACE: 1, CONSENT: 1}
    assert "住户材料已发齐" in outbox(desk, "ticket_words")[-1]


def test_a_card_photographed_on_both_sides_at_once_goes_on_to_the_next(desk, pile, says):
    send(desk, pile)
    assert SPACE in says("下一样")
    send(desk, pile)
    assert shown(desk, pile) == {CARD: 1, SPACE: 1, CONSENT: 0}


@pytest.mark.parametrize(
    "words", ["这是物业的证明", "刚才那张是物业证明", "不对，这是物业盖章的", "物业"]
)
def test_a_resident_says_which_paper_the_last_picture_shows(desk, pile, says, words):
    send(desk, pile)
    assert f"放在「{CONSENT}」" in says(words)
    assert shown(desk, pile) == {CARD: 0, SPACE: 0, CONSENT: 1}
    assert CARD in pile.fields["missing"]


@pytest.mark.parametrize("words", ["下面发产权证", "我来补车位合同", "重发产权证明"])
def test_a_resident_says_which_paper_comes_next(desk, pile, says, words):
    send(desk, pile)
    assert f"请发「{SPACE}」" in says(words)
    send(desk, pile)
    assert shown(desk, pile)[SPACE] == 1


@pytest.mark.parametrize("words", ["还缺什么材料", "材料齐了吗", "我的材料收到没有"])
def test_what_is_there_is_told_paper_by_paper(desk, pile, says, words):
    send(desk, pile)
    said = says(words)
    assert f"1 {CARD}：收到了，等核对" in said
    assert f"2 {SPACE}：还没发" in said


@pytest.mark.parametrize(
    "words", ["我家停电了", "这是什么情况", "好的", "身份证掉了怎么补办电费卡的事问一下"]
)
def test_other_words_are_about_no_paper(pile, says, words):
    assert says(words) is None


def test_one_paper_is_sent_back_and_the_next_picture_is_of_it(desk, pile):
    for _ in range(4):
        send(desk, pile)
    materials.send_back(desk, pile, {SPACE: "缺了第二页"}, by="zhou")
    (told,) = outbox(desk, "application_return")
    assert f"1 {SPACE}：缺了第二页" in told
    assert CARD not in told
    assert "until" not in pile.pauses[-1]
    assert "材料都齐了" in send(desk, pile)
    assert shown(desk, pile) == {CARD: 2, SPACE: 1, CONSENT: 1}
    assert "until" in pile.pauses[-1]


def test_a_paper_that_was_sent_is_not_sent_back_without_a_reason(desk, pile):
    send(desk, pile)
    with pytest.raises(DomainError, match="为什么要重发"):
        materials.send_back(desk, pile, {CARD: ""}, by="zhou")


def test_a_paper_nobody_had_asked_for_is_added(desk, pile):
    materials.return_for(desk, pile, ["户口本"], by="zhou")
    assert papers.awaited(desk, pile).name == "户口本"
    assert "户口本" in pile.fields["missing"]


def test_the_resident_hears_once_that_all_papers_are_good(desk, pile):
    materials.take_materials(desk, pile, by="zhou", names=["身份证"])
    assert not outbox(desk, "application_stage")
    materials.take_materials(desk, pile, by="zhou")
    assert "不用再补" in outbox(desk, "application_stage")[-1]
    assert {row.state for row in papers.of(desk, pile)} == {PaperState.ACCEPTED}
    assert len(outgoing(desk, "application_stage")) == 1


def test_nothing_is_sent_back_after_the_end(desk, pile):
    pile.state = "cancelled"
    with pytest.raises(DomainError, match="已经结束"):
        materials.return_for(desk, pile, ["身份证"], by="zhou", reason="看不清")


def test_a_picture_while_the_form_is_open_can_be_put_right(desk, talk, says):
    talk.says("装充电桩", community="棉纺一厂宿舍")
    talk.says("1")
    sent = picture(desk)
    assert CARD in pictures.take_ahead(desk, talk.memory["form"], sent)
    assert CONSENT in says("这是物业的证明", talk.memory)
    talk.says("确认")
    assert shown(desk, talk.ticket) == {CARD: 0, SPACE: 0, CONSENT: 1}
