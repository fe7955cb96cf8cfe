"""Getting supply back after a cut for arrears."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from handlers.billing.accounts import is_private
from handlers.billing.counter import account_standing, how_to_pay, payer, says_yes
from handlers.billing.handover import hand_over
from handlers.billing.tables import statement_of
from handlers.billing.wording import money
from handlers.customers import service as customers
from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.dialogue.case import case_of, story
from handlers.dialogue.turn import Choice, Named, Reply, Turn
from handlers.tickets import faults
from handlers.tickets.models import Category

PAID_WORDS = re.compile(
    r"(?:交|缴|付|充|补|结|给|打|转|垫|存)(?:了|过|清|完|上|齐|掉|咗|进|起|噶|脱)|(?:交|缴)费(?:了|成功|完|后|也)|"
    r"已经?(?:交|缴|付|充|结|补)|刚(?:刚)?.{0,8}(?:交|缴|付|充|转)|费.{0,2}(?:已|清)|结清|转账|到账|补缴|补交|"
    r"(?:点|昨天|早上|上午|下午|晚上|公|地)(?:交|付|转)的|交钱.{0,4}小时|买了电|没欠费了|复电(?:成功|失败)|"
    r"弄好了|按键|白色按|够不着|未复电|未恢复|充的电费"
)
FIRST_SUPPLY = re.compile(
    r"(?:明|后)天.{0,2}(?:交|缴)|去.{0,4}(?:交|缴)|先(?:交|送|通|复电?|把电)|(?:马上|现在)就?(?:去|交|缴)|"
    r"晚点|发了?工资|还差"
)
WHITE_KEY = (
    "交清后等几分钟，智能表会自动送电。表上黄灯灭了还没电，按住电表白色按键3到5秒。"
    "表箱锁着别硬开，等师傅。"
)
ASK_PAID = "欠费停电，交清后24小时内恢复，多数几分钟就来电。电费交清了吗？"
PAID_CHOICES = (
    Choice("已经交了", "yes", ("交了", "已交", "付了", "交清")),
    Choice("还没交", "no", ("没交", "没有", "马上交")),
)
PAY_FIRST = "先把电费交清，{white_key}\n交完回「交完费复电」，我马上登记。"
STILL_OWED = "系统里还显示欠{owed}元，刚交的可能还没到账。"
NOT_CUT = "系统里您家没有欠费停电，按停电报修办。"


@dataclass(frozen=True, slots=True)
class _Outage:
    """The same words, understood as a report of an outage."""

    text: str
    entities: Sequence[Named]
    intent: str = "report_outage"
    confidence: float = 1.0


def request_reconnection(turn: Turn, desk: Desk) -> Reply:
    """Paid: the 24-hour clock starts with the ticket; not yet: how to, and what to do after."""
    case = case_of(turn)
    customer = _cut_account(turn, desk)
    if isinstance(customer, Reply):
        return customer
    told = case.get("is_paid") or _has_paid(turn, case)
    if not told and customer is not None and _owes_nothing(desk, customer):
        return _as_outage(turn, desk)
    if told is None:
        return _ask_paid(turn, desk, case, customer)
    if not told:
        pay = PAY_FIRST.format(white_key=WHITE_KEY)
        return turn.finish(f"{pay}\n{how_to_pay(turn, desk)}")
    case["is_paid"] = True
    return _take_down(turn, desk, customer)


def _take_down(turn: Turn, desk: Desk, customer: Customer | None) -> Reply:
    fields: dict[str, Any] = {"paid": "yes"}
    lines = [WHITE_KEY]
    if customer is not None:
        statement = statement_of(desk, customer)
        fields |= {
            "balance": money(statement.balance),
            "arrears_cut": "yes" if statement.is_cut else "no",
            "smart_remote": "yes" if customer.smart_remote else "no",
        }
        if statement.balance < 0:
            lines.insert(0, STILL_OWED.format(owed=money(-statement.balance)))
    return hand_over(
        turn,
        desk,
        customer,
        category=Category.RECONNECTION,
        fields=fields,
        lead="\n".join(lines),
    )


def _owes_nothing(desk: Desk, customer: Customer) -> bool:
    statement = statement_of(desk, customer)
    return statement.balance >= 0 and not statement.is_cut


def _as_outage(turn: Turn, desk: Desk) -> Reply:
    """A home that owes nothing and was not cut has an outage, and the talk goes on as one."""
    meaning = _Outage(text=story(case_of(turn)), entities=turn.meaning.entities)
    reply = faults.report_outage(replace(turn, meaning=meaning, is_fresh=True), desk)
    return Reply(f"{NOT_CUT}\n{reply.text}", reply.choices, reply.is_final, reply.link)


def _cut_account(turn: Turn, desk: Desk) -> Customer | Reply | None:
    mine = [one for one in customers.bound(desk, turn.user_id) if is_private(turn)]
    cut = [one for one in mine if one.arrears_cut]
    if len(cut) == 1 and not turn.values("account_number"):
        return cut[0]
    return payer(turn, desk) if is_private(turn) else None


def _has_paid(turn: Turn, case: dict[str, Any]) -> bool | None:
    if case.get("asked_paid") and not turn.is_fresh:
        said = says_yes(turn, PAID_CHOICES)
        if said is not None:
            return said
    if PAID_WORDS.search(turn.text):
        return True
    return False if case.get("asked_paid") or FIRST_SUPPLY.search(turn.text) else None


def _ask_paid(turn: Turn, desk: Desk, case: dict[str, Any], customer: Customer | None) -> Reply:
    lines = [account_standing(desk, customer)] if customer is not None else []
    case["asked_paid"] = True
    turn.memory["form"]["asking"] = "paid"
    turn.memory["form"]["related"] = "pay_bill query_bill report_outage query_outage"
    return Reply("\n".join([*lines, ASK_PAID]), PAID_CHOICES, is_final=False)
