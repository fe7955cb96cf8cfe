"""Small talk, and what is not ours."""

import pytest
import sqlalchemy as sa

from handlers.customers.models import Resident
from handlers.guide.models import ReviewItem


@pytest.mark.parametrize(
    "intent", ["greet", "thank", "goodbye", "affirm", "deny", "stop", "ask_help", "out_of_scope"]
)
def test_talk_is_short_and_final(says, intent):
    reply = says(intent, "你好")
    assert reply.is_final
    assert 5 <= len(reply.text) <= 240


def test_help_lists_what_can_be_done_by_number(says):
    text = says("ask_help", "你会什么").text
    assert all(f"{number} " in text for number in range(1, 9))


def test_who_is_speaking_is_said_honestly(says):
    assert "自动" in says("ask_help", "你是机器人吗").text
    assert "忘记密码" in says("ask_help", "网上国网密码忘了").text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("家里停水了找谁", "自来水"),
        ("宽带断网了", "10000"),
        ("路灯黑了一个礼拜", "路灯"),
        ("暖气不热", "供热"),
        ("小区电梯坏了", "物业"),
        ("公积金怎么提取", "12345"),
        ("洗衣机漏水了", "售后"),
        ("特来电扣费不对", "客服"),
        ("手机没电了", "电池"),
        ("路边草堆着火了，离电线老远", "119"),
        ("有人打架", "110"),
        ("我不想活了", "12356"),
        ("贷款不看征信加V", "推广"),
        ("今天天气怎么样", "离电线远一点"),
    ],
)
def test_what_is_not_ours_says_whom_to_call(says, text, said):
    reply = says("out_of_scope", text)
    assert said in reply.text
    assert reply.is_final


def test_gas_is_answered_with_what_to_do_first(says):
    text = says("out_of_scope", "家里闻到煤气味").text
    assert text.index("关阀门") < text.index("燃气公司")
    assert "别开关任何电器" in text


def test_people_stuck_in_a_lift_are_told_119(says):
    assert "119" in says("out_of_scope", "电梯里卡了一个人，电是好的").text


@pytest.mark.parametrize(
    "text",
    [
        "物业因为物业费把我家电断了",
        "房东停我电逼我搬走",
        "公寓管家因为欠费给我限电",
        "没交停车费物业不给买电",
    ],
)
def test_power_cut_by_a_property_company_is_told_whom_to_call(says, text):
    reply = says("out_of_scope", text)
    assert "12345" in reply.text
    assert "医疗设备" in reply.text


@pytest.mark.parametrize(
    "text",
    [
        "怎么让电表走慢点",
        "磁铁能让电表变慢吗",
        "怎么偷邻居家的电",
        "电表怎么倒拨",
        "有没有绕过电表的办法",
    ],
)
def test_meddling_with_a_meter_is_refused_with_the_danger(says, text):
    reply = says("out_of_scope", text)
    assert "违法" in reply.text
    assert "触电" in reply.text


@pytest.mark.parametrize(
    "text", ["", "😭😭😭", "？？？", "...", "asdfgh", "番茄炒蛋怎么做", "电" * 3000]
)
def test_nonsense_gets_a_short_friendly_way_back(says, text):
    assert len(says("out_of_scope", text).text) <= 60


def test_what_nobody_understood_is_kept_for_review_once_and_masked(says, desk):
    for _ in range(2):
        says("out_of_scope", "番茄炒蛋13870001234怎么做")
    (item,) = desk.session.scalars(sa.select(ReviewItem)).all()
    assert item.why == "not understood"
    assert "13870001234" not in item.masked_text


def test_a_plain_question_of_the_guide_is_answered_all_the_same(says):
    assert "身份证" in says("out_of_scope", "装充电桩要准备哪些证件").text


def test_big_letters_turn_on_short_words_and_plain_ones_back(says, desk):
    desk.session.add(Resident(openid="wang", first_seen_at=desk.now, last_seen_at=desk.now))
    desk.session.flush()
    assert "短一点" in says("out_of_scope", "大字").text
    assert len(says("ask_help", "帮助").text) < 80
    assert "普通版" in says("out_of_scope", "普通版").text
    assert len(says("ask_help", "帮助").text) > 100
