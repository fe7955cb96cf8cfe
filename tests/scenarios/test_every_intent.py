"""Every trained intent as a first message: what a newcomer gets for it."""

import pytest

from nlu.intents import INTENTS
from tests.support.product import Product

HOME = "锦绣江南3栋"

# Intent, first message, what a part of the answer says.
TALKS = (
    ("report_outage", "棉纺一厂宿舍3栋停电了", "单号"),
    ("report_fault", "东风新村2栋家里空开跳闸推不上去", "单号"),
    ("report_hazard", "东升新村门口电线断了掉在地上", "95598"),
    ("query_outage", "锦绣江南明天停电吗", "锦绣江南"),
    ("still_no_power", "东风新村5栋别人都来电了我家还没来电", "单号"),
    ("query_bill", "我家这个月电费多少", "户号"),
    ("dispute_bill", "这个月电费怎么这么多，是不是抄错了", ""),
    ("pay_bill", "怎么交电费", "交"),
    ("query_price", "现在一度电多少钱", "元"),
    ("request_invoice", "我要开电费发票", "发票"),
    ("request_reconnection", "欠费停的电，我交了钱怎么还不送电", ""),
    ("check_meter", "我家电表走得太快了，要校表", ""),
    ("apply_charging_pile", "我要申请装充电桩", ""),
    ("apply_pv", "我想在屋顶装光伏发电", ""),
    ("apply_supply", "新房子要装电表，申请用电", ""),
    ("apply_tariff", "我要申请峰谷电价", ""),
    ("change_account", "我要过户，房子卖了", ""),
    ("close_account", "我要销户，房子不用了", ""),
    ("move_equipment", "我家门口的电线杆挡路，能不能移走", ""),
    ("find_account", "我的户号是多少", "户号"),
    ("claim_damage", "昨天电压不稳把我家电视烧坏了，要赔偿", ""),
    ("ask_guide", "过户要什么材料", "身份证"),
    ("query_progress", "我的报修到哪一步了", "没有在办"),
    ("urge_ticket", "催一下，怎么还没人来", ""),
    ("cancel_ticket", "我要撤销报修", "没有在办"),
    ("complain", "我要投诉，你们师傅态度太差", ""),
    ("suggest", "建议你们在小区装个自助交费机", ""),
    ("praise", "表扬一下周师傅，服务特别好", ""),
    ("report_violation", "举报有人偷电", ""),
    ("rate_service", "这次服务我打5分", ""),
    ("human_agent", "我要找人工客服", ""),
    ("find_contact", "营业厅在哪里，几点上班", ""),
    ("bind_account", "我要绑定户号", "户号"),
    ("manage_subscription", "不要再给我发停电通知了", "停电提醒"),
    ("ask_safety", "打雷要不要拔插头", "拔"),
    ("greet", "你好", "停电、电费、办电"),
    ("thank", "谢谢你", "不客气"),
    ("goodbye", "再见", ""),
    ("affirm", "好的", ""),
    ("deny", "不是", ""),
    ("stop", "算了不弄了", ""),
    ("ask_help", "你能干什么", "停电"),
    ("out_of_scope", "今天股票涨了吗", "用电"),
)
NEVER = ("功能开发中", "敬请期待", "暂不支持")


def test_the_table_has_every_intent():
    assert {intent for intent, _, _ in TALKS} == set(INTENTS)


@pytest.mark.parametrize(("intent", "words", "expected"), TALKS, ids=[row[0] for row in TALKS])
def test_a_first_message_is_understood_and_answered(
    product: Product, intent: str, words: str, expected: str
):
    parts = product.parts
    gazetteer = parts.registry.gazetteer()
    understood = parts.nlu.understand(words, at=parts.clock.now(), gazetteer=gazetteer)
    assert understood.intent == intent
    resident = product.resident()
    resident.says(words).bot_says(expected)
    assert resident.last
    resident.bot_does_not_say(*NEVER)


# What needs a person, to its end: answers to whatever is asked, and the category of the ticket.
ANSWERS = {
    "小区": "锦绣江南",
    "几栋": "3栋2单元501",
    "还是": "是",
    "手机": "19900004321",
    "电话": "19900004321",
    "确认": "确认",
    "姓名": "王芳",
    "户号": "跳过",
}
TICKETS = (
    ("report_fault", "锦绣江南3栋家里空开跳闸推不上去", {"fault"}),
    ("check_meter", "锦绣江南3栋电表走得太快了，要校表", {"meter"}),
    ("complain", "我要投诉，锦绣江南的师傅态度太差", {"complaint"}),
    ("suggest", "建议你们在锦绣江南装个自助交费机", {"suggestion"}),
    ("praise", "表扬一下锦绣江南的师傅，服务特别好", {"praise"}),
    ("report_violation", "举报锦绣江南3栋有人偷电", {"violation"}),
    ("claim_damage", "锦绣江南3栋昨天电压不稳把我家电视烧坏了，要赔偿", {"claim"}),
    ("move_equipment", "锦绣江南门口的电线杆挡路，要移走", {"supply", "meter"}),
    ("apply_charging_pile", "锦绣江南要申请装充电桩", {"charging_pile"}),
    ("apply_pv", "锦绣江南3栋想在屋顶装光伏发电", {"pv"}),
    ("apply_supply", "锦绣江南新房子要装电表，申请用电", {"supply"}),
    ("human_agent", "人工", {"consult"}),
)


@pytest.mark.parametrize(("intent", "words", "categories"), TICKETS, ids=[r[0] for r in TICKETS])
def test_what_needs_a_person_ends_in_a_ticket_of_its_category(
    product: Product, intent: str, words: str, categories: set[str]
):
    resident = product.resident()
    resident.says(words)
    for _ in range(14):
        if product.tickets(openid=resident.openid):
            break
        resident.says(answer_to(resident.last))
    ticket = product.ticket_of(resident)
    assert ticket.category in categories
    assert ticket.grid_code == "CD02"


def answer_to(question: str) -> str:
    """What the last line asks for; the first choice where there are numbers."""
    if "\n1 " in question:
        return "1"
    last = question.strip().splitlines()[-1]
    return next((said for word, said in ANSWERS.items() if word in last), "跳过")
