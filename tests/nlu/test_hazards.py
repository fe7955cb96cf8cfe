"""Danger is told in many words; most words of danger tell none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu import hazards

REAL = [
    ("孩子爬变压器", "other", True),
    ("电线掉地上了", "wire_down", False),
    ("摸水龙头麻了一下", "contact", True),
    ("有人触电了", "contact", True),
    ("表箱冒烟", "fire", True),
    ("变压器炸了", "explosion", True),
    ("插座冒火花", "sparks", True),
    ("水淹到配电房了", "water", True),
    ("灯突然特别亮", "overvoltage", False),
    ("家里电压量出来268伏", "overvoltage", False),
    ("零线断了", "wire_down", False),
    ("电线杆歪了要倒", "structure", False),
    ("施工吊车快碰到高压线了", "other", True),
    ("鱼竿碰到电线了", "other", True),
    ("楼下从窗户拉线下来充电", "other", False),
    ("飞线充电没人管", "other", False),
    ("插座有股焦味", "smell", False),
    ("洗衣机摸着麻，正常吗", "contact", True),
    ("漏店了快来", "contact", True),
    ("風箏纏在電線上", "other", False),
    ("碰了一下灯杆，胳膊都木了", "contact", True),
    ("喷泉的水扎脚", "contact", True),
    ("杆基被洪水淘空", "structure", False),
]
HARMLESS = [
    "没有冒烟，就是没电",
    "不是着火，是停电",
    "如果触电了怎么急救",
    "漏电保护器怎么试",
    "家里怎么防触电",
    "电费贵得我要爆炸",
    "推荐一部火爆的电影",
    "昨天看了《触电》",
    "跟他聊天来电了，火花四射",
    "手机充电发烫正常吗",
    "水管爆了满屋是水",
    "表箱门掉了，里面没有露线",
    "变压器冒烟已经修好了，谢谢",
    "树离电线还有三米多",
    "在高压线旁边吊装要办什么手续",
    "灯一闪一闪的",
    "家里电压245",
    "有人偷电，从表前接的线",
    "麻烦你们快点",
    "我家没电了",
    "零线断那次烧的洗衣机怎么赔",
    "电线杆上的编号牌歪了",
    "表箱盖被风刮没了，没露线",
    "狗被电动车撞了",
    "有人冒充你们说线路要着火",
    "再不接我就爆炸了",
    "电影里变压器爆炸的特效真假",
    "",
]


@pytest.mark.parametrize(("text", "kind", "is_p0"), REAL)
def test_real_danger_is_found_with_its_kind_and_priority(text, kind, is_p0):
    hazard = hazards.detect(text)
    assert hazard is not None
    assert (hazard.kind, hazard.is_p0) == (kind, is_p0)
    assert hazards.INTENT_OF_KIND[hazard.kind] == "report_hazard"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_sounds_like_danger_is_none(text):
    assert hazards.detect(text) is None


def test_life_support_without_power_is_an_outage_of_the_highest_priority():
    hazard = hazards.detect("停电了，我爸的呼吸机只能撑半小时")
    assert hazard is not None
    assert (hazard.kind, hazard.is_p0) == ("life_support", True)
    assert hazards.INTENT_OF_KIND[hazard.kind] == "report_outage"


def test_life_support_and_a_planned_outage_is_no_danger_yet():
    assert hazards.detect("明天计划停电，家里有呼吸机怎么办") is None


@pytest.mark.parametrize(
    ("text", "kind", "intent"),
    [
        ("家里好大煤气味", "gas", "out_of_scope"),
        ("停电了，有人困在电梯里", "stuck_lift", "report_outage"),
    ],
)
def test_gas_and_lifts_go_their_own_way(text, kind, intent):
    hazard = hazards.detect(text)
    assert hazard is not None
    assert hazard.kind == kind
    assert hazards.INTENT_OF_KIND[kind] == intent


def test_still_dangerous_after_a_repair_is_danger():
    assert hazards.detect("上次修好了，今天又冒烟了") is not None


def test_people_near_a_fallen_wire_make_it_a_matter_of_life():
    hazard = hazards.detect("电线掉地上了，好多小孩在旁边")
    assert hazard is not None
    assert hazard.is_p0


def test_the_evidence_is_in_the_words_of_the_resident():
    hazard = hazards.detect("表箱　冒煙了")
    assert hazard is not None
    assert "冒煙" in hazard.evidence


@settings(deadline=None)
@given(
    st.text(max_size=300)
    | st.text(alphabet="电线断掉变压器冒烟火没有不是触麻水孩子爬如果了吗,。 表箱", max_size=120)
)
def test_any_text_is_read(text):
    hazard = hazards.detect(text)
    assert hazard is None or hazard.evidence


@pytest.mark.parametrize(
    "unit", ["线", "电线", "没有", "孩子", "水", "如果", "灯", "变压器,", "插座", "车"]
)
def test_a_message_of_ten_thousand_characters_is_read(unit):
    hazards.detect(unit * (10_000 // len(unit)))


@pytest.mark.parametrize("who", ["他", "她", "我爱人", "师傅"])
def test_a_person_shocked_is_no_figure_of_speech(who):
    hazard = hazards.detect(f"{who}触电了，快来人")
    assert hazard is not None
    assert hazard.is_p0


@pytest.mark.parametrize("text", ["有人触电", "我老公触电", "水里触电", "触电", "师傅触电，快来人"])
def test_a_shock_told_in_two_words_is_life(text: str):
    found = hazards.detect(text)
    assert found is not None
    assert (found.kind, found.is_p0) == ("contact", True)


@pytest.mark.parametrize(
    "text",
    [
        "摸水龙头像触电一样", "洗衣机一摸像触电一样", "热水器洗澡的时候像触电一样", "碰到墙像触电一样",
        "楼梯扶手像触电一样", "水龙头有触电般的感觉", "冰箱门摸着像过电似的", "防盗门就像触了电一样",
        "像触电一样，摸水龙头的时候", "洗衣机像触电一样，正常吗", "手碰到水就像触电一样", "水龙头麻手",
        "楼梯扶手麻了一下", "墙摸着麻了一下", "碰到水龙头触电了",
    ],
)  # fmt: skip
def test_a_shock_felt_on_a_thing_is_life_also_as_a_comparison(text: str):
    found = hazards.detect(text)
    assert found is not None
    assert (found.kind, found.is_p0) == ("contact", True)
    assert all(word in text for word in found.evidence)


@pytest.mark.parametrize(
    "text",
    [
        "见到她像触电一样", "听到这价格我像触电", "听到热水器的价格像触电", "在电梯口见到她像触电一样",
        "看到路灯下的她，像触电一样", "墙上那幅画让我像触电一样", "这个月空调电费看得我像触电一样",
        "看电视剧像触电一样", "碰到她的手像触电一样", "摸水龙头没有触电的感觉", "摸水龙头不像触电",
        "梦见摸水龙头像触电一样", "碰到触电的人怎么急救",
    ],
)  # fmt: skip
def test_a_shock_of_the_heart_or_none_at_all_is_no_danger(text: str):
    assert hazards.detect(text) is None


def test_a_shock_felt_on_a_thing_is_left_for_the_model_too():
    assert "触电" in hazards.undismissed("摸水龙头像触电一样")
    assert "触电" not in hazards.undismissed("见到她像触电一样")


def test_news_of_elsewhere_is_set_aside_but_not_of_ones_own_house():
    assert hazards.detect("听说外省有人触电了") is None
    assert hazards.detect("听说3栋着火了，在我家楼下") is not None


def test_what_is_denied_does_not_count_for_the_model_either():
    assert "冒烟" not in hazards.undismissed("没冒烟")
    assert "冒烟" in hazards.undismissed("表箱冒烟")
