"""Places are found as residents write them, and nothing else is taken for one."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu import places
from nlu.understanding import Place
from tests.nlu.sample_places import sample_gazetteer, sample_places


def _found(text):
    return [entity.value for entity in sample_gazetteer().find(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我家在锦绣江南三栋停电了", "锦绣江南"),
        ("一棉宿舍没电", "棉纺一厂宿舍"),
        ("锦秀江南没电", "锦绣江南"),
        ("滨江花圆5栋跳闸", "滨江花园"),
        ("金城蓝湾没电", "金域蓝湾"),
        ("我住莲西小区", "莲溪新村"),
        ("東風新村停電", "东风新村"),
        ("滨江1号院", "滨江壹号院"),
        ("恒太城二期停电", "恒泰城二期"),
        ("学府名城北区3栋", "学府名城"),
        ("一中停电了", "浔江市第一中学"),
        ("翠湖装充电桩", "翠湖山庄"),
    ],
)
def test_a_place_is_known_by_name_alias_sound_and_slip(text, name):
    assert _found(text) == [name]


def test_an_alias_that_places_share_gives_each_of_them_at_one_span():
    entities = sample_gazetteer().find("锦绣停电了")
    assert [entity.value for entity in entities] == ["锦绣江南", "锦绣花园"]
    assert {(entity.start, entity.end) for entity in entities} == {(0, 2)}


@pytest.mark.parametrize(
    "text",
    [
        "莲溪网格经理是谁",
        "莲溪供电服务站电话",
        "和谐社会真好",
        "昨天一中午没电",
        "龙井路77号",
        "东湖花园小区",
        "棉纺三厂宿舍",
        "今天阳光很好",
        "楼上有电楼下没电",
        "我们是浔江一家小厂",
        "本人住在东湖壹号院",
        "",
    ],
)
def test_an_office_an_everyday_word_or_another_place_is_no_hit(text):
    assert _found(text) == []


def test_a_denied_place_does_not_count():
    assert _found("不是锦绣江南，是锦绣花园") == ["锦绣花园"]


def test_spans_index_the_text_as_written():
    text = "  我在　锦秀江南，没电"
    (entity,) = sample_gazetteer().find(text)
    assert text[entity.start : entity.end] == "锦秀江南"


def test_there_is_something_to_ask_back_with():
    suggested = [place.name for place in sample_gazetteer().suggest("连溪", 3)]
    assert "莲溪新村" in suggested
    assert len(suggested) == 3
    assert sample_gazetteer().suggest("", 3) == []


def test_an_empty_registry_finds_nothing():
    empty = places.build([])
    assert empty.find("锦绣江南停电了") == ()
    assert empty.suggest("锦绣", 3) == []


def test_the_gazetteer_cannot_be_changed():
    gazetteer = sample_gazetteer()
    with pytest.raises(dataclasses.FrozenInstanceError):
        gazetteer.places = {}
    with pytest.raises(TypeError):
        gazetteer.spellings["x"] = ()


def test_many_threads_read_one_gazetteer():
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(_found, ["滨江花圆5栋", "锦秀江南没电"] * 40))
    assert answers == [["滨江花园"], ["锦绣江南"]] * 40


def test_five_thousand_places_are_told_apart():
    many = [
        Place(f"{place.code}-{city}", f"{chr(0x4E00 + city * 37)}{place.name}", (), place.kind)
        for city in range(44)
        for place in sample_places()
    ]
    gazetteer = places.build(many)
    assert len(gazetteer.places) > 5_000
    assert [e.value for e in gazetteer.find(f"我住{many[700].name}")] == [many[700].name]


@given(st.text(max_size=200) | st.text(alphabet="锦绣江南花园滨一二三村不是网格栋 0", max_size=60))
def test_any_text_is_read(text):
    for entity in sample_gazetteer().find(text):
        assert 0 <= entity.start < entity.end <= len(text)
    sample_gazetteer().suggest(text, 3)
