"""Paying: how, and money that went astray."""

import re
from typing import Any

from handlers.billing import statements
from handlers.billing.accounts import PRIVATE, is_private, label
from handlers.billing.counter import how_to_pay, open_question, payer, says_yes
from handlers.billing.handover import hand_over
from handlers.billing.tables import statement_of
from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.dialogue.case import case_of
from handlers.dialogue.turn import Choice, Reply, Turn

# What went wrong with a payment; the first that fits.
TROUBLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "wrong_account",
        re.compile(
            r"(?:充|交|缴|付|打|转)(?:到|给|进).{0,4}(?:别人|人家|邻居|亲戚|另一?个|不是)|本来(?:要|该|是)?(?:交|充|给)|"
            r"(?:充|交|缴|付|打|转|选|输|填)错|错(?:户|交|充|缴)|别人(?:家|那|的)|追回|认领|"
            r"(?:转|挪|调)(?:到|一挪|一下|回来)|旧房子的户号|前女友|应该交给"
        ),
    ),
    (
        "double",
        re.compile(r"交重|重复|两笔|两次|两遍|又扣|又跑去|多交|多扣|多缴|多付|多出来|缴重"),
    ),
    (
        "not_on_meter",
        re.compile(
            r"(?:买|充).{0,8}(?:没|不|未).{0,4}(?:表|下到|加上|反应)|没下到表|卡.{0,3}坏|"
            r"(?:卡|表).{0,8}(?:还是|没).{0,3}(?:0|零|老数|进去|有)|购电码"
        ),
    ),
    (
        "not_credited",
        re.compile(
            r"(?:没|未|不|还没)(?:有)?(?:到|入|销|进)账|没到|没显示|没有显示|没收到|"
            r"还(?:是|显示|提示|挂着)?.{0,3}欠|扣了.{0,4}没|没交成功|到账慢|显示没有|到了没|没减|"
            r"没更新|到账了吗|没看到|吞了|吃了不|没变|未?没?核销|未支付|未缴|进了?没|进去了?没|余额还是|"
            r"到账.{0,2}(?:没有|只有)|有没有交成功|交(?:过|了).{0,12}催|交过了|交过啦|弹窗|钱扣了|没给我减"
        ),
    ),
    (
        "refund",
        re.compile(r"退(?:钱|款|费|余额|电费|回|给我|出来)|能退|怎么退|退不退|没退|撤回|哪退"),
    ),
    ("deferral", re.compile(r"缓交|晚几天|分期|手头紧|少交点|宽限|没钱交|困难")),
)
CHANNELS = ("微信", "支付宝", "云闪付", "网上国网", "自助机", "营业厅", "银行", "现金", "代扣")
ASK_DETAILS = "请一次说清：{account}哪天交的、多少钱、用什么交的（微信、支付宝、营业厅……）？\n记不清的不用填。"
ASK_OTHER = "还有，本来要交给哪个户号、交到了哪个户号？"
WITH_ACCOUNT = "户号、"
CREDITED = "{label}\n{standing}\n{paid}\n您交的是这一笔吗？"
CREDITED_CHOICES = (Choice("是，已经到了", "yes", ("到了", "是的")), Choice("不是，还没到", "no"))
GLAD = "好的，那就放心了。有事随时说。"
TROUBLE_LEAD = {
    "wrong_account": "交错户号，核实后可以转回来或退回，先别再交。",
    "double": "多交的会核实，退回或抵下月电费，您来选。",
    "not_on_meter": "买的电没到表上，先核对。有卡的先插卡试一次。",
    "not_credited": "交费到账一般几分钟，最长一天；请客户经理去核对，别重复交。",
    "refund": "退费要核对户名和交费记录，请客户经理联系您。",
    "deferral": "请客户经理和您商量怎么交。逾期会有违约金，能交的先交。",
}


def pay_bill(turn: Turn, desk: Desk) -> Reply:
    """How to pay; money that went astray is taken down with what is told of it."""
    case = case_of(turn)
    trouble = case.get("trouble") or _trouble(turn.text)
    if trouble is None:
        return turn.finish(how_to_pay(turn, desk))
    if not is_private(turn):
        return turn.finish(PRIVATE)
    case["trouble"] = trouble
    _collect(turn, case)
    customer = payer(turn, desk, proves=trouble != "wrong_account")
    if isinstance(customer, Reply):
        return customer
    if case.get("asked_credited"):
        if says_yes(turn, CREDITED_CHOICES) is True:
            return turn.finish(GLAD)
    elif trouble == "not_credited" and (told := _credited(turn, desk, case, customer)):
        return told
    if trouble != "deferral" and not case.get("asked_details") and _lacks(case, customer):
        return _ask_details(turn, case, customer)
    fields = {"kind": trouble, **case.get("payment", {})}
    return hand_over(turn, desk, customer, fields=fields, lead=TROUBLE_LEAD[trouble])


def _trouble(text: str) -> str | None:
    return next((name for name, words in TROUBLES if words.search(text)), None)


def _collect(turn: Turn, case: dict[str, Any]) -> None:
    """What this message tells of the payment."""
    payment = case.setdefault("payment", {})
    for entity in ("amount", "time"):
        if (value := turn.value(entity)) is not None:
            payment[entity] = value
    if channel := next((word for word in CHANNELS if word in turn.text), None):
        payment["channel"] = channel


def _lacks(case: dict[str, Any], customer: Customer | None) -> bool:
    has_account = customer is not None or "account_number" in case["facts"]
    return not has_account or not {"amount", "time"} & case["payment"].keys()


def _ask_details(turn: Turn, case: dict[str, Any], customer: Customer | None) -> Reply:
    case["asked_details"] = True
    has_account = customer is not None or "account_number" in case["facts"]
    text = ASK_DETAILS.format(account="" if has_account else WITH_ACCOUNT)
    if case["trouble"] == "wrong_account":
        text = f"{text}\n{ASK_OTHER}"
    return open_question(turn, "payment", text)


def _credited(
    turn: Turn, desk: Desk, case: dict[str, Any], customer: Customer | None
) -> Reply | None:
    """A payment that has arrived by what the system knows is told before anything is opened."""
    if customer is None:
        return None
    statement = statement_of(desk, customer)
    paid = [bill for bill in statement.bills if bill.paid_on is not None]
    if statement.balance < 0 or not paid:
        return None
    last = max(paid, key=lambda bill: bill.period)
    case["asked_credited"] = True
    turn.memory["form"]["asking"] = "credited"
    text = CREDITED.format(
        label=label(desk, customer),
        standing=statements.standing(desk.tables.tariff, statement, desk.now),
        paid=statements.last_paid(last),
    )
    return Reply(text, CREDITED_CHOICES, is_final=False)
