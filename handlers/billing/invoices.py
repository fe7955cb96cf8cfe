"""Invoices and statements on paper."""

import re
from datetime import datetime, timedelta

from handlers.billing.accounts import bound_account
from handlers.billing.counter import hall, open_question
from handlers.billing.handover import hand_over
from handlers.desk import Desk
from handlers.dialogue.case import case_of
from handlers.dialogue.turn import Reply, Turn

KEY = "invoice"
JUST_NOW = timedelta(minutes=15)
FEW = 30  # characters of a message that goes on about the invoice
TITLE = re.compile(
    r"专票|专用|增值税|抬头|税号|开不了|开不出|下载不了|下不了|打不开|没收到|错|重开|重发|换.{0,6}名|"
    r"名字|名称|代开|合并|一张发票|对公|申请不了|不能开|开.{0,3}失败|红冲|作废|灰的|已开票|增票|"
    r"(?:开票|发票)信息|补开|地址写|金额|全部开|没推|代办"
)
PAPER = re.compile(
    r"纸|打一|打印|打发票|收据|单据|票据|上学|入学|落户|盖章|寄|条子|凭证|明细|对账|清单|单子|法院|流水|证明|导出|丢"
)

INVOICE = (
    "电子发票自己就能开：网上国网App搜「电子发票」→选户号和月份→填抬头→开票，可下载、可发邮箱。\n"
    "要纸质的，带户号到营业厅当场打。要专票、改抬头或开不出来，直接说「发票」加哪里不行，我登记给客户经理。"
)
INVOICE_PAPER = "纸质的：带户号到营业厅，自助机或柜台当场打印，可盖章。\n电费明细在网上国网App「电费账单」里也能导出。"
INVOICE_LEAD = "发票的事请客户经理给您办。"
ASK_INVOICE = "请发户号、月份和开票要求（抬头、税号）。不知道户号，说小区和门牌也行。"


def is_asked_on(turn: Turn) -> bool:
    """Whether it goes on about the invoice asked for just before: 「要纸质的」, a number."""
    told = turn.memory.get(KEY)
    if told is None or turn.now - datetime.fromisoformat(told) > JUST_NOW:
        return False
    text = turn.inbound.text
    is_about_it = PAPER.search(text) or TITLE.search(text) or turn.values("account_number")
    return len(text) <= FEW and bool(is_about_it)


def request_invoice(turn: Turn, desk: Desk) -> Reply:
    """How to get one at once; titles, special invoices and failures go to a person."""
    case = case_of(turn)
    asks_on = is_asked_on(turn)
    turn.memory[KEY] = turn.now.isoformat()
    gives_account = asks_on and turn.values("account_number")
    if turn.is_fresh and not gives_account and not TITLE.search(turn.text):
        lines = [INVOICE_PAPER, hall(turn, desk)] if PAPER.search(turn.text) else [INVOICE]
        return turn.finish("\n".join(filter(None, lines)))
    customer = bound_account(turn, desk)
    if customer is None and not case["facts"].get("account_number") and not case.get("asked"):
        case["asked"] = True
        return open_question(turn, "invoice", ASK_INVOICE)
    return hand_over(turn, desk, customer, fields={"kind": "invoice"}, lead=INVOICE_LEAD)
