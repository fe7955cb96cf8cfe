"""What a resident adds after the report: life at stake, a phone, a house number, a question."""

import pytest

from tests.support.product import Product, Resident

MOST_QUESTIONS = 5
LIFE = ("呼吸机", "120", "最急件")


def reported(product: Product, words: str) -> Resident:
    return product.resident().says(words)


def asked_for_phone(resident: Resident) -> Resident:
    """Leave the questions out until the phone is asked for."""
    for _ in range(MOST_QUESTIONS):
        if "手机号" in resident.last:
            return resident
        resident.says("跳过")
    return resident.bot_says("手机号")


def test_life_support_told_first_opens_the_most_urgent_ticket_before_any_question(
    product: Product,
):
    wu = reported(product, "我家停电了，老人靠呼吸机").bot_says(*LIFE, "哪个小区")
    assert product.ticket_of(wu).priority == "P0"
    wu.says("锦绣江南").bot_says("几栋").says("7栋2单元302").bot_says("锦绣江南7栋2单元302")
    ticket = product.ticket_of(wu)
    assert (ticket.priority, ticket.category, ticket.building) == ("P0", "outage", "7")
    assert ticket.grid_code == "CD02"


def test_life_support_told_while_a_question_waits_raises_the_ticket(product: Product):
    wu = reported(product, "锦绣江南8栋2单元301停电了").bot_says("停电的范围")
    number = product.ticket_of(wu).number
    wu.says("家里老人要吸氧的").bot_says(*LIFE, number)
    ticket = product.ticket_of(wu)
    assert (ticket.number, ticket.priority) == (number, "P0")
    product.manager("liuxiaoyan").card(number)


def test_life_support_told_later_raises_the_ticket_and_opens_no_second(product: Product):
    wu = reported(product, "锦绣江南9栋2单元301停电了，电话19900004331").says("1").says("没有")
    wu.says("我妈用呼吸机的，快没电了").bot_says(*LIFE)
    [ticket] = product.tickets(openid=wu.openid)
    assert ticket.priority == "P0"


def test_a_phone_sent_late_goes_on_the_open_ticket(product: Product):
    zheng = (
        reported(product, "你们的人态度太差，我要投诉刘小燕").says("锦绣江南3栋").bot_says("单号")
    )
    number = product.ticket_of(zheng).number
    zheng.says("电话19900004332").bot_says("199****4332", number)
    assert product.ticket_of(zheng).phone == "19900004332"
    zheng.says("我换个电话19900004333").bot_says("199****4333")
    assert product.ticket_of(zheng).phone == "19900004333"


def test_a_phone_alone_is_asked_what_it_is_for(product: Product):
    product.resident().says("19900004334").bot_says("要办哪一件", "报停电")


@pytest.mark.parametrize(
    ("room", "words"),
    [("401", "13800001111"), ("402", "电话13800001111"), ("403", "我的手机号是 13800001111")],
)
def test_a_phone_amid_other_questions_is_taken_and_not_asked_for_again(
    product: Product, room: str, words: str
):
    wu = reported(product, f"锦绣江南5栋2单元{room}停电了").bot_says("停电的范围")
    wu.says("整栋楼").bot_says("光伏或发电机")
    wu.says(words).bot_says("光伏或发电机").bot_does_not_say("王大勇", "值班")
    wu.says("没有").bot_does_not_say("手机号")
    assert product.ticket_of(wu).phone == "13800001111"


def test_a_labelled_phone_answers_the_question_for_it(product: Product):
    he = asked_for_phone(reported(product, "我家停电了，在锦绣江南10栋1单元"))
    he.says("电话19900004335").bot_says("都记下了").bot_does_not_say("95598")
    assert product.ticket_of(he).phone == "19900004335"


def test_a_house_sent_late_goes_on_the_open_ticket(product: Product):
    he = reported(product, "家里停电了").says("锦绣花园").bot_says("几栋").says("跳过")
    asked_for_phone(he).says("跳过").bot_says("都记下了")
    he.says("12栋3单元202").bot_says("锦绣花园12栋3单元202")
    assert product.ticket_of(he).building == "12"


def test_asking_for_the_crew_amid_the_questions_is_answered_and_the_question_stays(
    product: Product,
):
    lu = reported(product, "锦绣江南11栋1单元停电了，电话19900004336").bot_says("停电的范围")
    lu.says("师傅什么时候到").bot_says("刘小燕", "接着刚才的", "停电的范围")
    lu.says("不对，是6栋").bot_says("锦绣江南6栋", "停电的范围")
    lu.says("来电了，不用来了").bot_says("已撤销").bot_does_not_say("接着刚才的")


def test_stopping_the_questions_does_not_take_the_report_back_and_says_so(product: Product):
    fu = reported(product, "锦绣江南12栋停电了").bot_says("停电的范围")
    number = product.ticket_of(fu).number
    fu.says("算了").bot_says(number, "照常处理", "撤单")
    assert product.ticket_of(fu).state == "assigned"
    fu.says("撤单").bot_says("已撤销")
    assert product.ticket_of(fu).state == "cancelled"


def test_second_thoughts_just_after_a_complaint_are_asked_about(product: Product):
    fu = reported(product, "我要投诉！！你们昨天说来修，等了一天没人来").says("金域蓝湾5栋")
    fu.bot_says("单号").bot_does_not_say("接着办")
    assert "没人来" in product.ticket_of(fu).text
    fu.says("算了不投诉了").bot_says("要撤掉吗").says("是的").bot_says("已撤销")


def test_an_afterthought_goes_on_the_ticket_just_opened(product: Product):
    fu = reported(product, "冰箱烧坏了怎么赔").says("金域蓝湾2栋1单元301").bot_says("单号")
    number = product.ticket_of(fu).number
    fu.says("昨天晚上").bot_says("已补到", number)


def test_a_reporter_may_stay_nameless(product: Product):
    fu = reported(product, "有人偷电，你们管不管").says("莲塘村").bot_says("身份保密")
    fu.says("匿名").bot_says("按匿名登记")
    assert product.ticket_of(fu).is_anonymous


def test_a_place_sent_late_takes_the_ticket_out_of_the_general_queue(product: Product):
    fu = reported(product, "交完电费了还没来电").bot_says("哪个小区").says("跳过")
    fu.bot_says("人工分派").bot_does_not_say("您说的地方")
    assert product.ticket_of(fu).grid_code is None
    fu.says("金域蓝湾2栋1单元301").bot_says("金域蓝湾2栋1单元301")
    assert product.ticket_of(fu).grid_code is not None


def test_words_of_danger_are_not_offered_again_as_another_wish(product: Product):
    fu = reported(product, "树枝压到电线上了，会不会有危险").bot_says("95598").says("莲塘村")
    fu.bot_says("莲塘村").bot_does_not_say("接着办")
