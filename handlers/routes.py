"""Every intent's way: who answers it, and what it is called when asked back."""

from collections.abc import Callable

from handlers import money_questions, outage_questions
from handlers.applications import dialogue as applications
from handlers.billing import dialogue as billing
from handlers.customers import dialogue as customers
from handlers.desk import Desk
from handlers.dialogue.turn import Reply, Turn
from handlers.guide import dialogue as guide
from handlers.guide import talk
from handlers.outages import dialogue as outages
from handlers.surveys import dialogue as surveys
from handlers.tickets import dangers, faults, opinions, progress
from handlers.tickets import dialogue as tickets

Route = Callable[[Turn, Desk], Reply]

ROUTES: dict[str, Route] = {
    "report_outage": faults.report_outage,
    "report_fault": faults.report_fault,
    "report_hazard": dangers.report_hazard,
    "query_outage": outage_questions.query_outage,
    "still_no_power": faults.still_no_power,
    "query_bill": billing.query_bill,
    "dispute_bill": billing.dispute_bill,
    "pay_bill": billing.pay_bill,
    "query_price": money_questions.query_price,
    "request_invoice": billing.request_invoice,
    "request_reconnection": money_questions.request_reconnection,
    "check_meter": applications.check_meter,
    "apply_charging_pile": applications.apply_charging_pile,
    "apply_pv": applications.apply_pv,
    "apply_supply": applications.apply_supply,
    "apply_tariff": applications.apply_tariff,
    "change_account": applications.change_account,
    "close_account": applications.close_account,
    "move_equipment": applications.move_equipment,
    "find_account": customers.find_account,
    "claim_damage": opinions.claim_damage,
    "ask_guide": guide.ask_guide,
    "query_progress": progress.query_progress,
    "urge_ticket": progress.urge_ticket,
    "cancel_ticket": progress.cancel_ticket,
    "complain": opinions.complain,
    "suggest": opinions.suggest,
    "praise": opinions.praise,
    "report_violation": opinions.report_violation,
    "rate_service": surveys.rate_service,
    "human_agent": tickets.human_agent,
    "find_contact": guide.find_contact,
    "bind_account": customers.bind_account,
    "manage_subscription": outages.manage_subscription,
    "ask_safety": guide.ask_safety,
    "greet": talk.greet,
    "thank": talk.thank,
    "goodbye": talk.goodbye,
    "affirm": talk.affirm,
    "deny": talk.deny,
    "stop": talk.stop,
    "ask_help": talk.ask_help,
    "out_of_scope": talk.out_of_scope,
}

SMALL_TALK = frozenset({"greet", "thank", "goodbye", "affirm", "deny", "stop", "ask_help"})

# With a hazard found, these are answered whatever was being filled in.
TAKES_OVER = frozenset({"report_hazard", "report_outage", "out_of_scope"})

INTENT_WORDS: dict[str, str] = {
    "report_outage": "报停电",
    "report_fault": "报故障",
    "report_hazard": "报危险",
    "query_outage": "查停电信息",
    "still_no_power": "说来电了但我家还没电",
    "query_bill": "查电费",
    "dispute_bill": "电费有疑问",
    "pay_bill": "交电费",
    "query_price": "问电价",
    "request_invoice": "开发票",
    "request_reconnection": "交费后复电",
    "check_meter": "电表不准、要校表",
    "apply_charging_pile": "装充电桩",
    "apply_pv": "装光伏",
    "apply_supply": "新装、增容、三相电",
    "apply_tariff": "换电价（峰谷、多人口）",
    "change_account": "过户、改名、改电话",
    "close_account": "销户",
    "move_equipment": "移表、移杆、换表",
    "find_account": "查户号",
    "claim_damage": "电器损坏赔偿",
    "ask_guide": "问怎么办理",
    "query_progress": "查进度",
    "urge_ticket": "催一催",
    "cancel_ticket": "撤单",
    "complain": "投诉",
    "suggest": "提建议",
    "praise": "表扬",
    "report_violation": "举报窃电、违约用电",
    "rate_service": "评价服务",
    "human_agent": "找人工",
    "find_contact": "找联系人、营业厅",
    "bind_account": "绑定户号",
    "manage_subscription": "停电提醒开关",
    "ask_safety": "问安全用电",
}
