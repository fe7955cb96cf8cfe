"""Scenario 3: the survey comes in the chat; a bad mark makes a child; 「还没好」 opens it again."""

import pytest

from handlers.grid import queries as grid
from handlers.surveys import service as surveys
from tests.support.product import Product, Resident, eventually

LEADER_ROLE = "team_leader"


@pytest.fixture
def done(product: Product) -> tuple[Resident, str]:
    """A resident whose ticket was resolved and who has the survey on the phone."""
    resident = product.resident()
    resident.says("棉纺二厂宿舍6栋停电了").says("不清楚").says("跳过")
    number = product.ticket_of(resident).number
    manager = product.manager("zhouzhiqiang")
    manager.card(number)
    manager.says(f"接单 {number}").says(f"办结 {number} 合上了开关").bot_says("已办结")
    resident.hears("您满意吗", number)
    return resident, number


@pytest.mark.parametrize(
    ("place", "said", "mark"),
    [
        ("锦绣江南2栋", "满意", (4, None)),
        ("莲溪新村2栋", "1", (1, None)),
        ("金域蓝湾2栋", "5分", (5, None)),
        ("莲溪花苑2栋", "还没好", (None, False)),
    ],
)
def test_a_question_left_open_about_the_done_ticket_takes_no_mark(
    product: Product, place: str, said: str, mark: tuple[int | None, bool | None]
):
    resident = product.resident()
    resident.says(f"{place}停电了")
    number = product.ticket_of(resident).number
    manager = product.manager("liuxiaoyan")
    manager.card(number)
    manager.says(f"办结 {number} 合上了开关").bot_says("已办结")
    resident.hears("您满意吗", number)
    resident.says(said)
    product.becomes(number, "closed")
    assert survey_of(product, number) == mark


@pytest.mark.parametrize(("said", "score"), [("5", 5), ("满意", 4), ("一般", 3)])
def test_one_digit_or_word_is_the_answer(
    product: Product, done: tuple[Resident, str], said: str, score: int
):
    resident, number = done
    resident.says(said)
    assert resident.last
    product.becomes(number, "closed")
    assert survey_of(product, number) == (score, None)
    product.ticket_of(resident)


def test_a_bad_mark_opens_a_child_for_the_responsible_and_the_team_leader(
    product: Product, done: tuple[Resident, str]
):
    resident, number = done
    resident.says("1").bot_says("对不住")
    child = product.tickets(openid=resident.openid)[-1]
    parent = product.becomes(number, "closed")
    assert (child.parent_id, child.category) == (parent.id, "complaint")
    assert child.assignee_userid == "zhouzhiqiang"
    product.manager("zhouzhiqiang").card(child.number)
    leader = leader_of(product)
    product.manager(leader).card(child.number)
    resident.bot_says(child.number)


def test_not_solved_opens_a_child_of_the_same_category(
    product: Product, done: tuple[Resident, str]
):
    resident, number = done
    resident.says("还没好")
    child = product.tickets(openid=resident.openid)[-1]
    assert (child.category, child.state) == ("outage", "assigned")
    product.becomes(number, "closed")
    assert survey_of(product, number)[1] is False


def test_not_fixed_after_a_good_mark_opens_the_same_ticket_again(
    product: Product, done: tuple[Resident, str]
):
    resident, number = done
    resident.says("5")
    product.becomes(number, "closed")
    resident.says("还没好，又停了").bot_says(number)
    product.becomes(number, "reopened")
    product.ticket_of(resident)
    product.manager("zhouzhiqiang").sees(number, "又停了")


def test_a_new_matter_is_no_answer_to_the_survey(product: Product, done: tuple[Resident, str]):
    resident, number = done
    resident.says("夏天用电要注意什么安全")
    assert survey_of(product, number) == (None, None)
    resident.says("4")
    eventually(lambda: survey_of(product, number)[0] == 4, "the mark is recorded later")


def test_two_taps_tell_the_rest_and_another_matter_is_heard(
    product: Product, done: tuple[Resident, str]
):
    resident, number = done
    resident.says("5").bot_says("谢谢", "弄好了吗，来得及时吗")
    resident.says("1").bot_says("师傅态度怎么样")
    resident.says("师傅挺热情的").bot_says("谢谢")
    with product.parts.database.reading() as session:
        survey = surveys.of_ticket(session, product.ticket(number).id)
        assert (survey.is_solved, survey.was_in_time, survey.attitude) == (True, True, 5)


def test_a_bad_mark_is_seen_to_with_its_cause_and_closed_by_another(
    product: Product, done: tuple[Resident, str]
):
    resident, _ = done
    resident.says("1").bot_says("哪里没做好")
    child = product.tickets(openid=resident.openid)[-1].number
    closer = product.manager("zhouzhiqiang")
    closer.card(child)
    product.manager(leader_of(product)).card(child)
    closer.says(f"办结 {child} 已上门").bot_says("差评的原因")
    closer.says(f"办结 {child} 已上门 #到场太慢").bot_says("已办结")
    assert product.becomes(child, "resolved").root_cause == "到场太慢"


def survey_of(product: Product, number: str) -> tuple[int | None, bool | None]:
    with product.parts.database.reading() as session:
        survey = surveys.of_ticket(session, product.ticket(number).id)
        return (survey.score, survey.is_solved) if survey else (None, None)


def leader_of(product: Product) -> str:
    with product.parts.database.reading() as session:
        return grid.station_staff(session, "CD", LEADER_ROLE)[0].userid


def test_a_rating_names_the_case_it_is_about(product: Product, done: tuple[Resident, str]):
    resident, number = done
    other = product.resident().says(f"{number} 5分").bot_says("评价哪一次")
    other.says("1").bot_says("没有要您选的题目")
    other.says("不满意，没修好").bot_says("对不住", "投诉")
    resident.says(f"{number} 5分").bot_does_not_say("评价哪一次")
    product.becomes(number, "closed")
    assert survey_of(product, number) == (5, None)
