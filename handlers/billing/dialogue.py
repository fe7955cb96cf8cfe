"""What residents ask about money: bills and doubts here, payment and prices beside."""

import re

from handlers.billing import refresh, statements
from handlers.billing.accounts import PRIVATE, is_bound, is_private, label, own_account
from handlers.billing.explanation import doubted, explain
from handlers.billing.handover import hand_over
from handlers.billing.invoices import request_invoice
from handlers.billing.payments import pay_bill
from handlers.billing.port import MonthBill, Statement
from handlers.billing.tables import statement_of
from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.dialogue.answers import bare, is_no, is_yes, ordinal
from handlers.dialogue.case import case_of
from handlers.dialogue.turn import Choice, Reply, Turn
from handlers.tickets import links

__all__ = [
    "dispute_bill",
    "pay_bill",
    "query_bill",
    "request_invoice",
]

ASKED_FOR_ALL = re.compile(
    r"今年|去年|全年|一年|年度|每个?月|哪个月|近.{1,2}个?月|半年|历史|走势|累计"
)
LAST_YEAR = re.compile(r"去年|上年")
BY_DAY = re.compile(r"今天|昨天|前天|每天|日用电|当天|实时")
FEED_IN = re.compile(r"光伏|上网电费|发电|卖电|余电|补贴")
METER_SHOWS = re.compile(r"表里|表上|卡里|卡表|插卡|屏|剩余电量|还剩.{0,3}度")
EMPTY_HOME = re.compile(r"没人|没住|空着|不在家|空房|没怎么住|出租|锁着")
NOT = re.compile(r"不|没|还是|怎么|凭什么|为什么|核查|核实|重抄|乱|错")
CLEAR = re.compile(r"清楚|明白|懂了|知道了|了解|好吧|好的|谢谢|没事|没问题|行")

FETCHING = "正在向营销系统查，查到马上发给您。"
UPDATING = "正在核对最新数据，有变化马上发给您。"
MAX_MONTHS = 3
NO_ACCOUNT = "好的，请客户经理帮您查。"
DISPUTE_NO_ACCOUNT = "好的，我先登记核查。"
NO_BILLS_LEAD = "这个户号还没有账单，请客户经理帮您查。"
FEED_IN_LEAD = "光伏上网电费和补贴这里查不到，请客户经理查好告诉您。"
BY_DAY_HINT = "账单按月出，每天的用电量在网上国网App「用能分析」里看。"
METER_HINT = "表里剩多少，以电表屏幕为准（按一下按键翻页）；账户的钱见上面。"
CHART = "一年的电量电费看图："
BIND_HINT = "回「绑定户号」，以后不用再核对。"
DOUBT_HINT = "觉得不对，回「电费有疑问」。"
ASK_CLEAR = "这样解释清楚了吗？"
CLEAR_CHOICE = Choice("清楚了", "clear")
CHECK_CHOICE = Choice("还是不对，要核查", "check")
STAND_BY = "没人住时，冰箱、热水器保温、路由器待机也走字。关掉家里总开关看几分钟，电表还在走就选2。"
GLAD = "好的，还有问题随时说。"
CHECKING = "已登记核查，会上门重新抄表核对。"
RELATED = "check_meter query_price query_bill"


def query_bill(turn: Turn, desk: Desk) -> Reply:
    """Balance or arrears, the month asked for, the year, and the page with the chart."""
    if not is_private(turn):
        return turn.finish(PRIVATE)
    case = case_of(turn)
    if periods := turn.values("period"):
        case["periods"] = periods[:MAX_MONTHS]
    case.setdefault("question", turn.text)
    customer = own_account(turn, desk)
    if isinstance(customer, Reply):
        return customer
    if customer is None:
        return hand_over(turn, desk, None, lead=NO_ACCOUNT)
    if FEED_IN.search(case["question"]):
        return hand_over(turn, desk, customer, fields={"kind": "feed_in"}, lead=FEED_IN_LEAD)
    statement = statement_of(desk, customer)
    is_asked = refresh.ask(desk, turn.user_id, customer, waits=not statement.bills)
    if is_asked and not statement.bills:
        return turn.finish(FETCHING)
    lines = [label(desk, customer), statements.standing(desk.tables.tariff, statement, desk.now)]
    lines += _bill_lines(desk, statement, case["question"], case.get("periods", []))
    hint = DOUBT_HINT if is_bound(desk, turn.user_id, customer) else BIND_HINT
    if is_asked:
        lines.append(UPDATING)
    lines += [hint, CHART] if statement.bills else [hint]
    link = _chart(turn, desk, customer) if statement.bills else ""
    return turn.finish("\n".join(lines), link=link)


def dispute_bill(turn: Turn, desk: Desk) -> Reply:
    """Explain in two sentences; who is not convinced gets a check with a new reading."""
    if not is_private(turn):
        return turn.finish(PRIVATE)
    case = case_of(turn)
    if periods := turn.values("period"):
        case.setdefault("period", periods[0])
    if not turn.is_fresh and case.get("explained"):
        return _after_explanation(turn, desk)
    customer = own_account(turn, desk, otherwise="没有户号也能登记核查，回「跳过」。")
    if isinstance(customer, Reply):
        return customer
    if customer is None:
        fields = {"kind": "dispute", **_told_period(case.get("period"))}
        return hand_over(turn, desk, None, fields=fields, lead=DISPUTE_NO_ACCOUNT)
    statement = statement_of(desk, customer)
    if "period" in case:  # 「这个月」 is not billed yet; the bill that has just come is meant
        bill = statement.bill(case["period"]) or statement.latest
    else:
        bill = doubted(statement, " ".join(case["texts"]))
    if bill is None or FEED_IN.search(turn.text):
        fields = {"kind": "dispute", **_told_period(case.get("period"))}
        return hand_over(turn, desk, customer, fields=fields, lead=CHECKING)
    return _explain(turn, desk, customer, statement, bill)


def _explain(
    turn: Turn, desk: Desk, customer: Customer, statement: Statement, bill: MonthBill
) -> Reply:
    case = case_of(turn)
    explanation = explain(desk.tables.tariff, statement, bill)
    case["explained"] = True
    case["figures"] = {"kind": "dispute", **explanation.fields}
    form = turn.memory["form"]
    form.update(asking="clear", related=RELATED, answered_by=[])
    lines = [label(desk, customer)]
    if (period := case.get("period")) and period != bill.period:
        lines.append(statements.lacking(statement.bills, period, bill))
    lines.append(explanation.text)
    if EMPTY_HOME.search(" ".join(case["texts"])):
        lines.append(STAND_BY)
    lines.append(ASK_CLEAR)
    return Reply("\n".join(lines), (CLEAR_CHOICE, CHECK_CHOICE), is_final=False)


def _after_explanation(turn: Turn, desk: Desk) -> Reply:
    """Only a clear word ends it; every doubt, however put, opens the check."""
    case = case_of(turn)
    if _is_convinced(turn.inbound.text):
        return turn.finish(GLAD)
    customer = desk.session.get(Customer, case["customer"])
    return hand_over(turn, desk, customer, fields=case["figures"], lead=CHECKING)


def _is_convinced(text: str) -> bool:
    if (number := ordinal(text)) is not None:
        return number == 1
    if is_no(text) or NOT.search(bare(text)):
        return False
    return is_yes(text) or bool(CLEAR.search(text))


def _bill_lines(desk: Desk, statement: Statement, question: str, periods: list[str]) -> list[str]:
    latest, tariffs, lines = statement.latest, desk.tables.tariff, []
    if latest is None:
        return [statements.NO_BILLS]
    if ASKED_FOR_ALL.search(question) and not periods:
        asked = latest.year - (1 if LAST_YEAR.search(question) else 0)
        if total := statements.year(statement.bills, asked):
            lines.append(total)
    found = [bill for period in periods if (bill := statement.bill(period)) is not None]
    if periods and not found:
        lines.append(statements.lacking(statement.bills, periods[0], latest))
    lines += [statements.month(tariffs, statement, bill) for bill in found or [latest]]
    if BY_DAY.search(question):
        lines.append(BY_DAY_HINT)
    if METER_SHOWS.search(question):
        lines.append(METER_HINT)
    return lines


def _told_period(period: str | None) -> dict[str, str]:
    return {"period": period} if period else {}


def _chart(turn: Turn, desk: Desk, customer: Customer) -> str:
    return links.make(desk, "bills", str(customer.id), openid=turn.user_id)
