"""Residents ask how things are done and what is safe."""

import sqlalchemy as sa

from handlers.guide.models import UnansweredQuestion

GROUP = "wrSample0001"


def unanswered(desk):
    return desk.session.scalars(sa.select(UnansweredQuestion)).all()


def test_the_materials_of_a_charging_pile_are_listed_at_once(says):
    reply = says("ask_guide", "装充电桩要什么材料", service="charging_pile")
    assert reply.is_final
    assert "身份证" in reply.text
    assert "物业" in reply.text


def test_what_follows_is_about_the_same_service(says):
    says("ask_guide", "过户要什么材料", service="transfer")
    assert "5个工作日" in says("ask_guide", "要几天").text


def test_a_question_without_a_matter_is_asked_back_and_then_answered(says, memory):
    reply = says("ask_guide", "要什么材料")
    assert not reply.is_final
    assert len(reply.choices) == 10
    answer = says("ask_guide", "7", fresh=False)
    assert "新户主" in answer.text
    assert "form" not in memory


def test_a_service_may_be_named_instead_of_its_number(says):
    says("ask_guide", "多少钱")
    assert "并网费" in says("ask_guide", "装光伏", fresh=False).text


def test_near_pages_are_offered_by_their_titles(says):
    reply = says("ask_guide", "变压器空着怎么少交钱")
    assert reply.choices[0].label == "高压用电报装"
    assert reply.choices[-1].label == "都不是"
    assert "高压办电三步" in says("ask_guide", "1", fresh=False).text


def test_none_of_the_offered_pages_is_listed_for_the_editors(says, desk):
    says("ask_guide", "变压器空着怎么少交钱")
    assert "不确定" in says("ask_guide", "都不是", fresh=False).text
    assert [q.masked_text for q in unanswered(desk)] == ["变压器空着怎么少交钱"]


def test_what_is_not_known_is_said_and_listed_once_with_numbers_masked(says, desk):
    for _ in range(2):
        reply = says("ask_guide", "特高压换流阀几个桥臂，我是13870001234")
        assert "不确定" in reply.text
        assert "人工" in reply.text
    (question,) = unanswered(desk)
    assert question.count == 2
    assert "13870001234" not in question.masked_text


def test_a_price_says_that_the_local_rule_counts(says):
    reply = says("ask_guide", "阶梯电价怎么算")
    assert "2160" in reply.text
    assert "以当地公布的为准" in reply.text


def test_safety_is_answered_in_plain_words(says):
    assert "泼水" in says("ask_safety", "电器着火能用水泼吗").text
    assert "每月" in says("ask_safety", "漏保怎么试").text


def test_safety_that_is_not_known_says_to_keep_off(says):
    assert "先断电" in says("ask_safety", "换流阀几个桥臂").text


def test_a_group_is_never_asked_back(says):
    for text in ("要什么材料", "变压器空着怎么少交钱", "火星上有没有水"):
        assert says("ask_guide", text, chat_id=GROUP).is_final


def test_an_elder_reads_the_answer_alone_a_sentence_a_line(says, elder):
    reply = says("ask_guide", "装充电桩要什么材料")
    assert "农村" not in reply.text
    assert all(len(line) <= 70 for line in reply.text.splitlines())
