"""Scenario: residents ask how things are done, who is there, and what is not ours."""

from tests.support.product import Product


def test_one_question_after_another_about_a_charging_pile(product: Product):
    wang = product.resident("王芳")
    wang.says("装充电桩要什么材料").bot_says("身份证", "车位", "物业")
    wang.says("几天能办好").bot_says("5个工作日").bot_does_not_say("过户")
    wang.says("要钱吗").bot_says("不收钱", "95598")
    assert not product.tickets(openid=wang.openid)


def test_a_question_without_its_matter_is_asked_back_once(product: Product):
    li = product.resident()
    li.says("要带什么证件").bot_says("哪一项", "7 过户")
    li.says("7").bot_says("房产证")
    li.says("多久").bot_says("5个工作日")


def test_another_wish_in_between_ends_the_follow_up(product: Product):
    chen = product.resident()
    chen.says("过户要什么材料").bot_says("房产证")
    chen.says("锦绣江南明天停电吗").bot_says("锦绣江南")
    chen.says("谢谢").bot_says("不客气")
    assert chen.says("多久").last
    chen.bot_does_not_say("过户")


def test_safety_is_answered_without_a_ticket(product: Product):
    hu = product.resident()
    hu.says("打雷要不要拔插头").bot_says("拔掉")
    hu.says("漏保怎么试").bot_says("每月", "试验")
    assert not product.tickets(openid=hu.openid)


def test_the_grid_manager_of_a_place_is_told_by_name_and_phone(product: Product):
    zhou = product.resident()
    zhou.says("我们小区网格经理是谁").bot_says("哪个小区")
    zhou.says("锦绣江南").bot_says("刘小燕", "电话 1")


def test_what_is_not_ours_says_whom_to_call(product: Product):
    xu = product.resident()
    xu.says("家里停水了找谁").bot_says("自来水", "12345")
    xu.says("闻到煤气味").bot_says("关阀门", "到外面再打电话")
    xu.says("怎么让电表走慢点").bot_says("违法", "触电")
    xu.says("物业把我家电断了，说我欠物业费").bot_says("12345", "120")
    assert not product.tickets(openid=xu.openid)


def test_big_letters_make_answers_short(product: Product):
    yu = product.resident()
    yu.says("大字").bot_says("短一点")
    yu.says("装充电桩要什么材料").bot_says("身份证").bot_does_not_say("农村自家院子")
    yu.says("普通版").bot_says("换回")
