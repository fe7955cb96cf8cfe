"""The handbook for staff, the list of unanswered questions, and the review of messages."""

import pytest

from handlers.errors import DomainError, NotFoundError
from handlers.guide import service
from nlu.training import data
from nlu.understanding import IntentScore


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("查 断零", "先断开"),
        ("电表报错ERR-04", "电池"),
        ("低电压怎么处理", "198"),
        ("十不干", "无票不干"),
        ("查 过户要什么材料", "房产证"),
        ("光伏台区反送电怎么防", "接地"),
    ],
)
def test_staff_are_answered_from_the_handbook(desk, text, said):
    answer = service.answer_staff(desk, text)
    assert answer is not None
    assert said in answer


@pytest.mark.parametrize("text", ["好的", "收到", "已经在路上了", "住户说谢谢"])
def test_words_that_ask_nothing_have_no_answer(desk, text):
    assert service.answer_staff(desk, text) is None
    assert service.unanswered(desk) == []


def test_what_the_handbook_lacks_is_said_and_listed(desk):
    answer = service.answer_staff(desk, "查 换流阀桥臂")
    assert answer is not None
    assert "没有" in answer
    (question,) = service.unanswered(desk, audience="staff")
    service.resolve(desk, question.id, "staff/valves")
    assert service.unanswered(desk) == []


def test_the_handbook_explains_itself(desk):
    assert "口袋书" in (service.answer_staff(desk, "查") or "")


def test_questions_asked_most_come_first(desk):
    service.not_answered(desk, "甲", intent="ask_guide")
    for _ in range(3):
        service.not_answered(desk, "乙", intent="ask_guide")
    assert [q.masked_text for q in service.unanswered(desk)] == ["乙", "甲"]


def test_an_unsure_message_is_kept_masked_with_its_ranking(desk):
    ranking = (IntentScore("pay_bill", 0.41), IntentScore("query_bill", 0.39))
    service.review(desk, "户号3601000123 3栋2单元501 交钱", ranking, why="unsure")
    service.review(desk, "户号3601000123 3栋2单元501 交钱", ranking, why="unsure")
    (item,) = service.to_review(desk)
    assert "3601000123" not in item.masked_text
    assert "501" not in item.masked_text
    assert item.ranking[0] == {"intent": "pay_bill", "score": 0.41}


def test_relabelled_messages_are_exported_as_training_data(desk):
    for text in ("咋个交钱[微信](x)", "- 电费\n怎么交", "灯闪"):
        service.review(desk, text, (), why="unsure")
    first, second, third = reversed(service.to_review(desk))
    service.relabel(desk, first.id, "pay_bill", "admin")
    service.relabel(desk, second.id, "pay_bill", "admin")
    service.relabel(desk, third.id, "report_fault", "admin")
    assert service.to_review(desk) == []
    examples = data.parse(service.export_yaml(desk), name="review.yml")
    assert [(e.intent, e.text) for e in examples] == [
        ("pay_bill", "咋个交钱【微信】（x）"),
        ("pay_bill", "- 电费 怎么交"),
        ("report_fault", "灯闪"),
    ]


def test_nothing_relabelled_exports_an_empty_list(desk):
    assert data.parse(service.export_yaml(desk), name="review.yml") == ()


def test_a_label_must_be_an_intent_of_a_known_message(desk):
    service.review(desk, "灯闪", (), why="unsure")
    (item,) = service.to_review(desk)
    with pytest.raises(DomainError):
        service.relabel(desk, item.id, "no_such_intent", "admin")
    with pytest.raises(NotFoundError):
        service.relabel(desk, item.id + 1, "report_fault", "admin")
