"""People: coming, taking a talk over, handing it back; elder mode; scanning a code again."""

from tests.support.phones import eventually
from tests.support.product import Product


def test_what_is_told_while_waiting_is_on_the_ticket_and_can_be_done_at_once(product: Product):
    wang = product.resident("王芳")
    wang.says("转人工").says("棉纺一厂宿舍4栋").bot_says("已请周志强来和您聊")
    number = product.ticket_of(wang).number
    wang.says("我想问装充电桩的事情").bot_says("记在单子上了", "接着办吗")
    product.manager("zhouzhiqiang").sees(number, "装充电桩")
    wang.says("接着办").bot_says("车位是哪一种")


def test_pictures_reach_whoever_took_the_talk_over(product: Product):
    li = product.resident()
    li.says("人工").says("棉纺一厂宿舍5栋")
    number = product.ticket_of(li).number
    manager = product.manager("zhouzhiqiang")
    manager.says(f"接管 {number}").bot_says("已接管")
    li.hears("周志强来和您聊")
    li.does("image")
    assert li.last == ""
    manager.sees(number, "[照片，在工单页看]")
    manager.says("收到照片了，明天上午来看").bot_says("已发给住户")
    li.hears("收到照片了，明天上午来看")
    li.says("机器人").bot_says("我接着为您服务")
    eventually(lambda: product.ticket(number).takeover_until is None, "the talk handed back")


def test_elders_read_a_sentence_a_line_and_press_one_key_for_a_person(product: Product):
    zhang = product.resident()
    zhang.says("大字").bot_says("回 0")
    zhang.says("想装充电桩").bot_says("哪个小区", "找人，回 0。")
    zhang.says("锦绣江南11栋1单元101").says("1").bot_says("请核对")
    zhang.says("确认")
    assert all(line.count("。") <= 1 for line in zhang.last.splitlines())
    zhang.says("0").bot_says("已请刘小燕来和您聊")
    zhang.says("普通版").says("你好").bot_does_not_say("回 0")


def test_a_second_scan_moves_the_home_without_the_long_greeting(product: Product):
    sun = product.resident()
    sun.does("subscribe", scene="community_C010").bot_says("3栋没电了", "已记下您在锦绣江南")
    sun.says("停电了").bot_says("还是锦绣江南吗")
    sun.does("SCAN", scene="community_C011").bot_says("已记下您在锦绣花园")
    sun.bot_does_not_say("3栋没电了")
    sun.says("停电了").bot_says("还是锦绣花园吗")
