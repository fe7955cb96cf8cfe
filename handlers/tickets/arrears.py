"""No power at home because of arrears: asked before a crew is sent for nothing."""

from typing import Any

from handlers.customers import service as customers
from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.dialogue.answers import pick
from handlers.dialogue.case import story
from handlers.dialogue.turn import Choice, Reply, Turn
from handlers.grid.places import Where
from handlers.tickets import words
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish, open_ticket

CHOICES = (
    Choice("已经交清了", "paid", ("交了", "已交", "付了", "交清", "缴了")),
    Choice("现在去交", "pay", ("没交", "去交", "马上交", "还没")),
    Choice("不是欠费，要报修", "other", ("报修", "不欠", "没欠", "不是")),
)
ASK = "{place}（户号尾号{tail}）是欠费停电{owed}，交清后24小时内恢复，多数几分钟就来电。您看："
OWED = "，欠{amount}元"
RELATED = "request_reconnection pay_bill query_bill"  # wishes that answer the question
WHITE_KEY = "交清后等几分钟，表上黄灯灭了还没电，按住电表白色按键3到5秒。"
PAY = f"微信、支付宝、网上国网都能交。{WHITE_KEY}\n交完还没电，回「交完费复电」，我马上登记。"


def ask(turn: Turn, case: dict[str, Any], where: Where, customer: Customer) -> str | Reply:
    """What the resident of a home that was cut answers: `no` arrears, `pay`, `paid`; or the question."""
    if case.get("arrears") == "other":
        return "no"
    if case.get("arrears") == "asked":
        chosen = pick(turn.inbound.text, CHOICES)
        if chosen is not None and chosen.value == "other":
            case["arrears"] = "other"
            turn.memory["form"].pop("related", None)
            return "no"
        if chosen is not None:
            return chosen.value
    case["arrears"] = "asked"
    turn.memory["form"]["related"] = RELATED
    owed = OWED.format(amount=customer.balance.removeprefix("-"))
    question = ASK.format(
        place=where.name,
        tail=customer.account_tail,
        owed=owed if customer.balance.startswith("-") else "",
    )
    return Reply(question, CHOICES, is_final=False)


def cut_at(desk: Desk, openid: str, where: Where) -> Customer | None:
    """The resident's own account at the place that was cut for arrears."""
    for customer in customers.bound(desk, openid):
        is_here = customer.community_code == where.community_code
        is_home = not where.building or customer.building == where.building
        if customer.arrears_cut and is_here and is_home:
            return customer
    return None


def reconnect(
    turn: Turn, desk: Desk, case: dict[str, Any], where: Where, customer: Customer
) -> tuple[Ticket, Reply]:
    """Take down that the home has paid and waits for power."""
    ticket, is_new = open_ticket(
        desk,
        Wish(
            category=Category.RECONNECTION,
            text=story(case) or turn.inbound.text,
            intent="request_reconnection",
            openid=turn.user_id,
            community_code=where.community_code,
            building=where.building or customer.building,
            room=where.room or customer.room or "",
            name=customer.name,
            phone=customer.phone,
            account_number=customer.account_number,
        ),
    )
    said = words.taken_down(desk, ticket, where, is_new=is_new)
    return ticket, turn.finish(f"{said}\n{WHITE_KEY}")
