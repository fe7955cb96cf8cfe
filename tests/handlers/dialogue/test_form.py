"""A form asks only for what it does not know, and takes corrections as people make them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from config.clock import CHINA
from handlers.dialogue.form import Field, Form, RefusedError, is_correction
from handlers.dialogue.turn import Choice, Door, Inbound, InboundKind, Reply, Turn

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=CHINA)


@dataclass(frozen=True)
class Named:
    entity: str
    value: str


@dataclass(frozen=True)
class Meaning:
    text: str
    entities: tuple[Named, ...] = ()
    intent: str = "apply_supply"
    confidence: float = 1.0


def digits(text: str) -> str:
    if not text.isdigit():
        raise RefusedError("请填数字。")
    return text


KIND = (Choice("单相", "single"), Choice("三相", "three", ("动力电",)))
FORM = Form(
    "supply",
    (
        Field("kind", "要哪种电？", name="电源", choices=KIND),
        Field(
            "power", "多少千瓦？", name="容量", parse=digits, needed=lambda a: a["kind"] == "three"
        ),
        Field("name", "怎么称呼您？", name="姓名"),
        Field("phone", "留个电话？", name="电话", entity="phone", parse=digits),
        Field("address", "在哪里？", name="地址", entity="address"),
        Field("note", "还有要说明的吗？", name="备注", is_optional=True, parse=digits),
    ),
    confirm="请核对：",
)


class Talk:
    """Someone who fills in the form, message by message."""

    def __init__(self, form: Form = FORM) -> None:
        self.form = form
        self.memory: dict[str, Any] = {}
        self.is_fresh = True

    def says(self, text: str, known: dict[str, Any] | None = None, **entities: str) -> Any:
        inbound = Inbound(Door.OFFICIAL_ACCOUNT, "o1", "k", InboundKind.TEXT, NOW, text)
        named = tuple(Named(entity, value) for entity, value in entities.items())
        turn = Turn(inbound, Meaning(text, named), NOW, self.memory, self.is_fresh)
        self.is_fresh = False
        return self.form.advance(turn, known)


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture
def at_the_end(talk: Talk) -> Talk:
    """All answered; the summary is shown."""
    talk.says("我要装电", {"kind": "single", "name": "张三", "phone": "13900000001"})
    talk.says("3栋501", address="3栋501")
    summary = talk.says("跳过")
    assert "请核对" in summary.text
    return talk


def test_the_first_question_shows_its_choices(talk):
    reply = talk.says("我要装电")
    assert reply == Reply("要哪种电？", KIND, is_final=False)


def test_what_the_first_message_says_is_not_asked_again(talk):
    talk.says("我要装电，电话13900000001", phone="13900000001")
    assert talk.memory["form"]["answers"] == {"phone": "13900000001"}


def test_a_question_that_is_not_needed_is_left_out(talk):
    talk.says("我要装电")
    assert talk.says("1").text == "怎么称呼您？"


def test_a_choice_is_understood_by_a_word_of_it(talk):
    talk.says("我要装电")
    assert talk.says("动力电吧").text == "多少千瓦？"


def test_an_answer_that_does_not_fit_is_asked_again_with_the_reason(talk):
    talk.says("我要装电", {"kind": "three"})
    assert talk.says("不少").text == "请填数字。\n多少千瓦？"


def test_one_message_can_answer_the_question_and_another(talk):
    talk.says("我要装电", {"kind": "single"})
    reply = talk.says("张三，电话13900000001", phone="13900000001")
    assert talk.memory["form"]["answers"]["name"] == "张三"
    assert reply.text == "在哪里？"


def test_an_answer_to_another_question_is_kept_and_the_first_stands(talk):
    talk.says("我要装电", {"kind": "single"})
    reply = talk.says("13900000001", phone="13900000001")
    assert reply.text == "怎么称呼您？"
    assert talk.memory["form"]["answers"]["phone"] == "13900000001"


def test_free_words_are_an_answer_whatever_else_they_name():
    form = Form("story", (Field("story", "怎么回事？", takes_anything=True), Field("phone", "电话？", entity="phone")))  # fmt: skip
    talk = Talk(form)
    talk.says("投诉")
    answers = talk.says("昨天打13900000001没人接", phone="13900000001")
    assert answers == {"story": "昨天打13900000001没人接", "phone": "13900000001"}


def test_wrong_tries_of_one_question_do_not_count_for_the_next():
    form = Form("two", (Field("a", "A？", parse=digits, entity="energy"), Field("b", "B？", parse=digits, is_optional=True)))  # fmt: skip
    talk = Talk(form)
    talk.says("办")
    talk.says("不知")
    talk.says("再想")
    talk.says("5度", energy="5")
    assert talk.says("哎呀").text == "请填数字。\nB？"


def test_an_optional_question_is_given_up_after_three_wrong_answers():
    form = Form("one", (Field("a", "A？", parse=digits, is_optional=True),))
    talk = Talk(form)
    talk.says("办")
    talk.says("不")
    talk.says("不嘛")
    assert talk.says("就不") == {"a": ""}


def test_the_summary_waits_for_a_yes(at_the_end):
    answers = at_the_end.says("确认")
    assert answers["address"] == "3栋501"
    assert answers["note"] == ""


def test_the_summary_shows_labels_and_leaves_out_what_was_skipped(at_the_end):
    text = FORM.summary(at_the_end.memory["form"]["answers"])
    assert text == "电源：单相\n姓名：张三\n电话：13900000001\n地址：3栋501"


def test_a_named_correction_asks_that_question_again(at_the_end):
    assert at_the_end.says("改电话").text == "留个电话？"
    assert "13900000002" in at_the_end.says("13900000002", phone="13900000002").text


def test_a_correction_with_its_value_is_taken_at_once(at_the_end):
    reply = at_the_end.says("改电话13900000002", phone="13900000002")
    assert "电话：13900000002" in reply.text
    reply = at_the_end.says("改姓名李四")
    assert "姓名：李四" in reply.text


@pytest.mark.parametrize("text", ["不对，是5栋602", "地址说错了，5栋602", "地址应该是5栋602"])
def test_a_correction_in_other_words_is_taken_by_what_it_names(at_the_end, text):
    assert "地址：5栋602" in at_the_end.says(text, address="5栋602").text


def test_a_correction_in_the_middle_leaves_the_open_question_open(talk):
    talk.says("我要装电", {"kind": "single", "phone": "13900000001"})
    reply = talk.says("电话写错了，13900000002", phone="13900000002")
    assert reply.text == "怎么称呼您？"
    assert talk.memory["form"]["answers"]["phone"] == "13900000002"


def test_a_bare_correction_asks_which_answer(at_the_end):
    reply = at_the_end.says("不对")
    assert [choice.label for choice in reply.choices] == ["电源", "姓名", "电话", "地址", "备注"]
    assert at_the_end.says("2").text == "怎么称呼您？"


def test_no_to_a_question_with_choices_is_its_answer_and_no_correction():
    form = Form("sure", (Field("name", "名？", name="姓名"), Field("sure", "对吗？", choices=(Choice("对", "yes"), Choice("不对", "no")))))  # fmt: skip
    talk = Talk(form)
    talk.says("办", {"name": "张三"})
    assert talk.says("不对") == {"name": "张三", "sure": "no"}


def test_a_form_begun_anew_keeps_the_case_that_was_told(talk):
    talk.memory["form"] = {"name": "", "intent": "apply_supply", "case": {"texts": ["要三相电"]}}
    talk.says("我要装电")
    assert talk.memory["form"]["case"] == {"texts": ["要三相电"]}


@pytest.mark.parametrize(("text", "is_one"), [("改电话", True), ("改", True), ("不对", True), ("改电话13900000002", True), ("改名", False), ("我要过户", False), ("改容量", False)])  # fmt: skip
def test_only_what_was_answered_can_be_corrected(at_the_end, text, is_one):
    assert is_correction(text, at_the_end.memory["form"]) is is_one
