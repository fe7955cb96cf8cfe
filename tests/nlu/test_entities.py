"""Entities as the definitions count them, in one normal form."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu import entities, times
from tests.nlu.sample_places import sample_gazetteer

AT = datetime(2026, 1, 15, 17, 30, tzinfo=times.CHINA)


def _extract(text, intent=None):
    return entities.extract(text, at=AT, gazetteer=sample_gazetteer(), intent=intent)


def _values(text, entity, intent=None):
    return [found.value for found in _extract(text, intent) if found.entity == entity]


@pytest.mark.parametrize(
    ("text", "entity", "values"),
    [
        ("我户号3 3 0 1 2 3 4 5 6 7", "account_number", ["3301234567"]),
        ("户号３３０１２３４５６７", "account_number", ["3301234567"]),
        ("户号三三零幺二三四五六七", "account_number", ["3301234567"]),
        ("户号330-123-4567", "account_number", ["3301234567"]),
        ("快递单号1234567890到哪了", "account_number", []),
        ("户号尾号4567", "account_number", []),
        ("表号0012345678", "meter_number", ["0012345678"]),
        ("表号0012345678", "account_number", []),
        ("3330001000100123456789走得快", "meter_number", ["3330001000100123456789"]),
        ("电话138 1234 5678", "phone", ["13812345678"]),
        ("+86 138-1234-5678", "phone", ["13812345678"]),
        ("电话一三八一二三四五六七八", "phone", ["13812345678"]),
        ("座机07928123456", "phone", ["0792-8123456"]),
        ("打95598没人接", "phone", []),
        ("工单t2026011500012到哪了", "ticket_number", ["T2026011500012"]),
        ("T 20260115 00012", "ticket_number", ["T2026011500012"]),
    ],
)
def test_numbers_have_one_form(text, entity, values):
    assert _values(text, entity) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("三栋二单元五零一", ["3栋2单元501"]),
        ("3-2-501没电", ["3栋2单元501"]),
        ("8-1201停电", ["8栋1201"]),
        ("3号楼2门501室", ["3栋2单元501"]),
        ("5幢没电", ["5栋"]),
        ("3#501", ["3栋501"]),
        ("A座1203跳闸", ["A栋1203"]),
        ("棉纺路128号没电", ["128号"]),
        ("下湾村3组15号", ["3组15号"]),
        ("9栋1-501", ["9栋1单元501"]),
        ("两栋楼都没电", []),
        ("100-200块", []),
        ("电压220-380V", []),
    ],
)
def test_addresses_have_one_form(text, values):
    assert _values(text, "address") == values


@pytest.mark.parametrize(
    ("text", "intent", "values"),
    [
        ("我家没电了", "report_outage", ["household"]),
        ("整栋楼都黑了", "report_outage", ["building"]),
        ("我家和整个小区都没电", "report_outage", ["community"]),
        ("就我家没电，邻居都有", "report_outage", ["household"]),
        ("我家想装充电桩", "apply_charging_pile", []),
    ],
)
def test_scope_is_the_widest_and_only_of_trouble(text, intent, values):
    assert _values(text, "scope", intent) == values


@pytest.mark.parametrize(
    ("text", "intent", "entity", "values"),
    [
        ("表箱门掉了", "report_fault", "device", ["meter_box"]),
        ("老跳闸", "report_fault", "device", []),
        ("想装个充电桩", "apply_charging_pile", "device", []),
        ("想装个充电桩", "apply_charging_pile", "service", ["charging_pile"]),
        ("充电桩没电", "report_fault", "device", ["charging_pile"]),
        ("在哪交钱", "pay_bill", "service", ["payment"]),
        ("开一下", "request_invoice", "service", ["invoice"]),
        ("装三相电", "apply_supply", "service", ["three_phase"]),
        ("过户要什么材料", "ask_guide", "service", ["transfer"]),
        ("上个月电费三百五十多块", "dispute_bill", "amount", ["350"]),
        ("电费120.50元", "query_bill", "amount", ["120.5"]),
        ("电费从80涨到300", "dispute_bill", "amount", ["80", "300"]),
        ("一度电多少钱", "query_price", "energy", []),
        ("用了六百度", "dispute_bill", "energy", ["600"]),
        ("空调开26度", None, "energy", []),
        ("5月份电费", "query_bill", "period", ["2025-05"]),
        ("上个月电费", "query_bill", "period", ["2025-12"]),
        ("五星好评", "rate_service", "score", ["5"]),
        ("5", None, "score", ["5"]),
        ("5分钟前停的", None, "score", []),
        ("户主改成李秀英", "change_account", "person", ["李秀英"]),
        ("张师傅不错", "praise", "person", []),
        ("今天下午三点停电了", "report_outage", "time", ["2026-01-15T15:00:00+08:00"]),
        ("谷电晚上10点开始吗", "query_price", "time", []),
        ("我家表箱门掉了", "report_fault", "device", ["meter_box"]),
        ("我这块表走得快", "check_meter", "device", ["meter"]),
        ("给我校一下表", "check_meter", "device", []),
        ("装充电桩，电话13800138000", "apply_charging_pile", "service", ["charging_pile"]),
        ("办多人口电价", "apply_tariff", "service", ["multi_person"]),
        ("换个联系电话", "change_account", "service", []),
        ("扣了我壹佰贰拾元", "dispute_bill", "amount", ["120"]),
        ("交了三十块零五毛", "pay_bill", "amount", ["30.5"]),
        ("户主从马国庆变更为马晓东", "change_account", "person", ["马国庆", "马晓东"]),
        ("感谢抢修员李建军冒雨来修", "praise", "person", ["李建军"]),
    ],
)
def test_what_counts_depends_on_the_talk(text, intent, entity, values):
    assert _values(text, entity, intent) == values


def test_each_value_is_given_once_at_its_place_in_the_text_as_written():
    text = "　３棟停電，三栋停电"
    found = [e for e in _extract(text, "report_outage") if e.entity == "address"]
    assert [text[e.start : e.end] for e in found] == ["３棟"]


@settings(deadline=None)
@given(
    st.text(max_size=200)
    | st.text(
        alphabet="0123456789一二三零幺百千万点栋单元号楼室路组块元度月日分星户主叫王李-#T. ",
        max_size=60,
    )
)
def test_any_text_is_read(text):
    for entity in _extract(text):
        assert 0 <= entity.start <= entity.end <= len(text)
        assert entity.value


@pytest.mark.parametrize(
    "unit", ["1", "一", "1 ", "1-", "三栋", "百", "1月", "电费1元", "户主", "8点到"]
)
def test_a_message_of_ten_thousand_characters_is_read(unit):
    _extract(unit * (10_000 // len(unit)))
