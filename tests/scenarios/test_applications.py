"""Applications to their end: papers by picture, stages, what is told, and coming back to them."""

import re

import pytest

from tests.support.phones import eventually
from tests.support.product import Product, Resident

PHONE = "19900004321"


def handed_in(product: Product, *messages: str) -> Resident:
    resident = product.resident()
    for message in messages:
        resident.says(message)
    return resident


def test_papers_are_sent_one_by_one_and_one_is_sent_back(product: Product):
    wang = handed_in(product, "锦绣江南3栋2单元501要装充电桩，车位是自己的", PHONE)
    wang.bot_says("1 身份证", "2 车位产权证明", "3 物业同意")
    number = product.ticket_of(wang).number
    wang.does("image").bot_says("放在「身份证」", "反面")
    wang.does("image").bot_says("放在「身份证」", "接着发「车位产权证明")
    wang.does("image").says("这是物业的证明").bot_says("放在「物业同意", "接着发「车位产权证明")
    wang.does("image").bot_says("材料都齐了", "刘小燕")
    manager = product.manager("liuxiaoyan")
    manager.sees("住户材料已发齐")
    manager.presses("accept", number)
    manager.says(f"缺料 {number} 产权证明 缺了第二页")
    wang.hears("要重发", "车位产权证明（或购买合同）：缺了第二页")
    wang.says("还缺什么材料").bot_says("车位产权证明（或购买合同）：要重发（缺了第二页）")
    wang.does("image").bot_says("材料都齐了")
    manager.says(f"收料 {number}")
    wang.hears("材料核对好了")


def test_the_resident_hears_every_stage_and_can_ask_and_see(product: Product):
    li = handed_in(product, "锦绣江南5栋1单元102要装充电桩，车位是租的", PHONE)
    number = product.ticket_of(li).number
    manager = product.manager("liuxiaoyan")
    manager.presses("accept", number).sees("完成环节", "现场勘查")
    li.says("我的充电桩走到哪一步了").bot_says("现场勘查", "最晚12月2日", "还缺：身份证")
    eventually(lambda: "完成环节" in str(manager.card(number)), "the card of the next stage")
    manager.presses("stage", number).bot_says("环节已完成")
    li.hears("现场勘查已完成", "接下来：装表送电（最晚12月4日）")
    link = re.search(r"https?://\S+", li.says("进度").last)[0]
    page = product.http.get(link).text
    for words in ("受理", "现场勘查", "装表送电", "身份证", "还没发"):
        assert words in page
    product.manager("liuxiaoyan").says(f"环节 {number} 完成").says(f"办结 {number} 桩已通电")
    product.becomes(number, "resolved")
    li.hears("桩已通电")


@pytest.mark.parametrize("words", ["继续", "接着办充电桩", "我要装充电桩"])
def test_a_half_filled_form_is_gone_on_with(product: Product, words: str):
    zhao = handed_in(product, "我要装充电桩", "锦绣江南7栋2单元302", "算了")
    zhao.bot_says("先不办了").says("你好").bot_says("上次的充电桩报装还没办完")
    zhao.says(words).bot_says("接着您上次填的", "车位是哪一种").says("2").bot_says("锦绣江南7栋")


@pytest.mark.parametrize(
    ("room", "words", "answer"),
    [
        ("201", "停电提醒关掉", "停电提醒关掉了"),
        ("202", "绑定授权码怎么弄", "请发户号"),
        ("301", "解绑", "您还没有绑定"),
        ("302", "查户号", "户号在这几处能找到"),
    ],
)
def test_another_wish_at_the_summary_is_answered_and_the_form_stays(
    product: Product, room: str, words: str, answer: str
):
    sun = handed_in(product, "我要换联系电话", f"锦绣江南9栋1单元{room}", "19900004455")
    sun.bot_says("请核对", "新电话：199****4455")
    sun.says(words).bot_says(answer)
    assert not product.tickets(openid=sun.openid)
    if "接着刚才的" not in sun.last:
        sun.says("取消").bot_says("接着刚才的", "请核对")
    sun.says("确认").bot_says("换联系电话已提交")


def test_danger_amid_a_form_needs_no_place_again(product: Product):
    qian = handed_in(product, "我要装充电桩", "锦绣江南21栋2单元101", "电表箱冒烟了")
    qian.bot_says("还是锦绣江南21栋吗")
    assert product.ticket_of(qian).grid_code == "CD02"


def test_what_was_asked_about_is_applied_for_in_a_few_words(product: Product):
    wu = handed_in(product, "装光伏要什么材料", "我要办")
    wu.bot_says("哪个小区").says("要多久").bot_says(
        "今天提交的话", "勘查，答复接入方案", "哪个小区"
    )
    wu.says("莲塘村9组1号").bot_says("谁来申请")


def test_a_house_number_told_late_is_noted_and_the_question_stands(product: Product):
    zhou = handed_in(product, "我要装充电桩", "锦绣江南", "22栋1单元301")
    zhou.bot_says("地址记下了：锦绣江南22栋1单元301", "车位是哪一种")


def test_a_new_phone_is_the_one_to_be_called(product: Product):
    feng = handed_in(product, "换联系电话", "锦绣江南23栋1单元101", "19900006655", "确认")
    ticket = product.ticket_of(feng)
    assert (ticket.phone, ticket.fields["new_phone"]) == ("19900006655", "19900006655")
