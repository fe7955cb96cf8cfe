"""Applying in a chat: as few questions as will do, one summary, one ticket."""

from datetime import timedelta

import pytest

from handlers.applications.models import Draft
from handlers.customers import places as homes
from handlers.tickets.models import Category

HOME = {"community": "棉纺一厂宿舍", "address": "3栋2单元501"}
PHONE = "19900001234"


def test_a_pile_is_applied_for_in_three_messages(talk):
    spot = talk.says("棉纺一厂宿舍3栋2单元501想装充电桩", **HOME)
    assert [choice.value for choice in spot.choices] == ["owned", "leased", "civil", "none"]
    summary = talk.says("1")
    assert "地址：棉纺一厂宿舍3栋2单元501" in summary.text
    assert "手机号" in summary.text
    done = talk.says(PHONE, phone=PHONE)
    ticket = talk.ticket
    assert ticket.category == Category.CHARGING_PILE
    assert (ticket.phone, ticket.fields["spot"]) == (PHONE, "owned")
    assert (ticket.community_code, ticket.building) == ("C001", "3")
    assert ticket.number in done.text
    assert "车位产权证明" in done.text
    assert "装表送电（最晚12月2日）" in done.text
    assert done.is_final
    assert "form" not in talk.memory


def test_what_the_first_message_tells_is_not_asked(talk):
    text = "棉纺一厂宿舍3栋租的车位想装7千瓦充电桩，物业不给盖章"
    summary = talk.says(text, **HOME, phone=PHONE)
    assert not summary.choices
    for line in ("租的固定车位", "7千瓦", "物业不同意", "199****1234"):
        assert line in summary.text
    done = talk.says("确认")
    assert "物业不同意也先受理" in done.text
    assert "租赁合同（一年以上）" in done.text


def test_nothing_is_submitted_before_it_was_shown_and_agreed_to(talk):
    talk.says("装充电桩", **HOME, phone=PHONE)
    talk.says("1")
    assert talk.tickets() == []
    assert "请核对" in talk.says("再看看").text
    assert talk.tickets() == []


@pytest.mark.parametrize("word", ["确认", "好的", "1", "行", "不留电话"])
def test_a_summary_is_agreed_to_in_many_words(talk, word):
    talk.says("装充电桩，自己的车位", **HOME)
    talk.says(word)
    assert talk.ticket.fields["spot"] == "owned"


def test_submitting_before_the_last_question_leaves_the_rest_to_the_manager(talk):
    talk.says("装充电桩", **HOME)
    talk.says("提交")
    assert "spot" not in talk.ticket.fields


def test_an_estate_on_its_own_transformer_hears_whom_to_ask(talk, dedicated):
    summary = talk.says("装充电桩", **HOME)
    assert "专变（自管）供电" in summary.text
    done = talk.says("确认")
    assert "专变产权单位同意接电的证明" in done.text
    assert "装表送电" not in done.text
    assert talk.ticket.fields["dedicated"] == "yes"


def test_without_a_parking_space_a_shared_pile_is_registered(talk):
    summary = talk.says("装充电桩，没有固定车位", **HOME)
    assert "统建统管" in summary.text
    assert "答复共享桩建设意见" in talk.says("确认").text


def test_solar_promises_neither_price_nor_date(talk):
    talk.wants("apply_pv")
    applicant = talk.says("想装光伏20千瓦", community="莲溪村")
    assert len(applicant.choices) == 4
    mode = talk.says("1")
    assert [choice.value for choice in mode.choices] == ["surplus", "full", "self", "undecided"]
    talk.says("1")
    done = talk.says("确认")
    assert "不作承诺" in done.text
    assert talk.ticket.fields == talk.ticket.fields | {
        "applicant": "natural",
        "mode": "surplus",
        "kilowatts": "20",
    }


def test_a_business_is_not_offered_to_feed_in_everything(talk):
    talk.wants("apply_pv").says("厂房屋顶装光伏", community="莲溪村")
    assert talk.memory["form"]["asking"] == "business_mode"


@pytest.mark.parametrize(
    ("intent", "text", "service", "field", "value", "category"),
    [
        ("apply_supply", "我家要增容", "capacity", "kind", "capacity", "supply"),
        ("apply_supply", "减容", "capacity", "kind", "reduce", "supply"),
        ("apply_supply", "工地临时用电", "temporary", "customer_class", "temporary", "supply"),
        ("apply_supply", "装三相电", "three_phase", "phase", "three", "supply"),
        ("apply_tariff", "取消峰谷电价", "tariff", "kind", "leave_peak_valley", "tariff"),
        ("apply_tariff", "家里六口人调下档", "multi_person", "persons", "five", "tariff"),
        ("change_account", "房子卖了要过户", "transfer", "kind", "transfer", "account"),
        ("change_account", "换个联系电话", "rename", "kind", "phone", "account"),
        ("close_account", "销户，没有光伏充电桩", "close", "same_point", "neither", "account"),
        ("check_meter", "电表走得太快", "meter_check", "reason", "fast", "meter"),
        ("move_equipment", "电表想移到楼下", "move", "what", "meter", "meter"),
        ("move_equipment", "门口的电线杆能挪吗", "move", "what", "pole", "supply"),
    ],
)
def test_the_words_choose_the_service(talk, intent, text, service, field, value, category):
    talk.wants(intent).says(text, **HOME, service=service)
    talk.says("确认")
    assert talk.ticket.fields[field] == value
    assert talk.ticket.category == category


def test_a_place_or_a_phone_may_come_in_any_order(talk):
    asked = talk.says("自己的车位装充电桩")
    assert "小区" in asked.text
    assert "小区" in talk.says(PHONE, phone=PHONE).text
    summary = talk.says("棉纺一厂宿舍", community="棉纺一厂宿舍")
    assert "自己的固定车位" in summary.text
    assert "几栋几号也可以一起发" in summary.text
    assert "棉纺一厂宿舍3栋" in talk.says("3栋", address="3栋").text
    talk.says("确认")
    assert (talk.ticket.building, talk.ticket.phone) == ("3", PHONE)


def test_home_is_taken_and_can_be_corrected(desk, talk):
    homes.remember_place(desk, "o1", "C001", "2", "301")
    homes.remember_phone(desk, "o1", PHONE)
    summary = talk.says("自己的车位装充电桩")
    assert "棉纺一厂宿舍2栋301" in summary.text
    assert "小区" in talk.says("改地址").text
    assert "莲溪村" in talk.says("莲溪村", community="莲溪村").text
    talk.says("确认")
    assert talk.ticket.community_code == "C002"


def test_each_answer_can_be_corrected(talk):
    talk.says("租的车位装充电桩", **HOME)
    assert talk.says("改车位").choices
    assert "自己的固定车位" in talk.says("1").text
    assert "棉纺一厂宿舍5栋" in talk.says("不对，是5栋", address="5栋").text
    which = talk.says("改")
    assert [choice.label for choice in which.choices] == ["地址", "车位"]
    assert "小区" in talk.says("1").text
    talk.says("莲溪村", community="莲溪村")
    assert "联系电话" in talk.says("改电话").text
    assert "199****1234" in talk.says(PHONE, phone=PHONE).text
    talk.says("确认")
    assert (talk.ticket.place_text, talk.ticket.phone) == ("莲溪村", PHONE)


def test_correcting_the_phone_does_not_change_what_is_applied_for(talk):
    talk.wants("change_account").says("要过户", **HOME, phone="19900009999")
    talk.says("改电话", service="rename")
    talk.says(PHONE, phone=PHONE)
    talk.says("确认")
    assert (talk.ticket.fields["kind"], talk.ticket.phone) == ("transfer", PHONE)


def test_the_papers_are_told_while_the_form_is_open(talk):
    talk.says("装充电桩，人防车位", **HOME)
    papers = talk.says("材料")
    assert "人防车位使用协议" in papers.text
    assert "确认" in papers.text
    talk.says("确认")
    assert "人防车位使用协议（一年以上）" in talk.ticket.fields["missing"]


def test_a_half_filled_form_goes_on_days_later(desk, talk):
    talk.says("装充电桩", **HOME)
    talk.memory.clear()
    desk.now += timedelta(days=5)
    resumed = talk.says("想装充电桩")
    assert resumed.text.startswith("接着您上次填的")
    talk.says("租的")
    talk.says("确认")
    assert talk.ticket.community_code == "C001"
    assert desk.session.query(Draft).count() == 0


def test_a_draft_ends_after_its_days_and_with_a_new_start(desk, talk):
    talk.says("装充电桩", **HOME)
    talk.memory.clear()
    assert "小区" in talk.says("重新来").text
    talk.says("棉纺一厂宿舍", community="棉纺一厂宿舍")
    talk.memory.clear()
    desk.now += timedelta(days=15)
    asked = talk.says("想装充电桩").text
    assert "接着您上次填的" not in asked
    assert "车位" in asked  # where he lives was told; the summary shows it


def test_the_same_wish_again_is_the_same_ticket_and_a_refusal_is_answered(talk, applied):
    ticket = applied("apply_charging_pile", "1")
    said = talk.says("装充电桩，物业不盖章怎么办")
    assert ticket.number in said.text
    assert "居委会" in said.text
    assert talk.ticket.fields["consent"] == "refused"


def test_another_matter_of_the_same_account_is_another_ticket(talk, applied):
    applied("change_account", "过户")
    applied("change_account", "换电话")
    assert [ticket.fields["kind"] for ticket in talk.tickets()] == ["transfer", "phone"]


def test_a_place_in_no_registry_goes_to_the_general_queue(talk):
    talk.says("自己的车位装充电桩")
    talk.says("天上人间三期")
    done = talk.says("确认")
    assert "人工分派" in done.text
    assert talk.ticket.grid_code is None


def test_an_empty_home_is_not_taken_to_have_no_solar(talk):
    asked = talk.wants("close_account").says("房子没有人住了要销户", **HOME)
    assert len(asked.choices) == 4
    talk.says("没有")
    talk.says("确认")
    assert talk.ticket.fields["same_point"] == "neither"
    assert not talk.ticket.has_generation


def test_solar_at_the_same_point_is_shown_to_the_crew(talk):
    talk.wants("close_account").says("销户", **HOME)
    talk.says("有光伏")
    done = talk.says("确认")
    assert talk.ticket.has_generation
    assert "防止倒送电" in done.text
    assert "3个工作日" in done.text
    assert "8个工作日" in done.text


def test_what_was_said_before_a_question_came_up_answers_it(talk):
    talk.wants("apply_pv").says("麻烦登记：光伏10千瓦，余电上网", community="莲溪村")
    summary = talk.says("1")
    assert "上网方式：先自己用，用不完的上网" in summary.text
    asked = talk.says("改上网方式")
    assert len(asked.choices) == 4
    which = talk.says("改")
    talk.says(str([choice.label for choice in which.choices].index("申请人") + 1))
    talk.says("2")
    assert talk.says("全部卖给电网").text.count("公司投资") == 2
