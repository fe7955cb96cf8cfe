"""What the money dialogues share: how to pay, the hall near by, open questions."""

import re

from handlers.billing import statements
from handlers.billing.accounts import bound_account, label, number_told, own_account
from handlers.billing.tables import statement_of
from handlers.customers import places as homes
from handlers.customers import service as customers
from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.dialogue.answers import is_no, is_yes, pick
from handlers.dialogue.case import case_of
from handlers.dialogue.turn import Choice, Reply, Turn
from handlers.grid import queries as grid

AUTO = re.compile(r"代扣|自动(?:扣|交|缴)|签约|解约|存折扣")
FAILED = re.compile(r"失败|打不开|不允许|付不了|交不了|缴不了|充不了|维护")
DEADLINE = re.compile(r"最晚|截止|几号|哪天交|过期|来得及")
ASKS_LINK = re.compile(r"链接|二维码|付款码|收款码|公众号.{0,6}(?:付|交)|直接付")
HOW_TO_PAY = (
    "交电费这几种都行，填户号就能交：\n"
    "· 微信：我→服务→生活缴费→电费\n"
    "· 支付宝：生活缴费→电费\n"
    "· 网上国网App：首页→交电费\n"
    "· 营业厅：现金、刷卡，家里人可以代交"
)
HOW_AUTO = "自动代扣：在微信、支付宝生活缴费里开「自动缴费」，或带银行卡和户号到营业厅签；解约在同一处关掉。"
DUE = "每月电费最晚次月{day}日交，过了也能交，从第二天起有违约金。"
NO_LINK = "这里不收款，也不发收款码；别扫来路不明的码，别转给个人。"
HOW_FAILED = "交不了先换一种方式试；还不行，把提示的字发给我，或回「人工」。"
HALL = "最近的营业厅：{name}，{address}，{hours}，电话{phone}。"
SEVERAL = 2
STANDING = "{label}\n{standing}"


def how_to_pay(turn: Turn, desk: Desk) -> str:
    """The ways to pay, and what the own account owes or the nearest hall."""
    lines = [HOW_AUTO if AUTO.search(turn.text) else HOW_TO_PAY]
    if DEADLINE.search(turn.text):
        lines.insert(0, DUE.format(day=desk.tables.tariff.late_fee.due_day))
    if ASKS_LINK.search(turn.text):
        lines.append(NO_LINK)
    if FAILED.search(turn.text):
        lines.append(HOW_FAILED)
    if (customer := bound_account(turn, desk)) is not None:
        lines.append(account_standing(desk, customer))
    elif nearest := hall(turn, desk):
        lines.append(nearest)
    return "\n".join(lines)


def account_standing(desk: Desk, customer: Customer) -> str:
    """An account and what it owes or has."""
    standing = statements.standing(desk.tables.tariff, statement_of(desk, customer), desk.now)
    return STANDING.format(label=label(desk, customer), standing=standing)


def payer(turn: Turn, desk: Desk, *, proves: bool = True) -> Customer | Reply | None:
    """The account it is about: bound, or proven where nobody has bound any and one is named.

    Who has bound accounts and names another one has it only written down, never looked into;
    so has everybody without `proves`.
    """
    mine = customers.bound(desk, turn.user_id)
    named = turn.values("account_number")
    case = case_of(turn)
    if (
        proves
        and not mine
        and len(named) < SEVERAL
        and (number_told(turn) or {"number", "customer"} & case.keys())
    ):
        return own_account(turn, desk)
    if not mine or any(number not in {one.account_number for one in mine} for number in named):
        return bound_account(turn, desk) if not named else None
    return own_account(turn, desk)


def says_yes(turn: Turn, choices: tuple[Choice, ...]) -> bool | None:
    """Whether an answer to 「yes」 and 「no」 choices agrees; None where it is neither."""
    chosen = pick(turn.inbound.text, choices)
    if chosen is not None:
        return chosen.value == "yes"
    if is_no(turn.inbound.text):
        return False
    return True if is_yes(turn.inbound.text) else None


def open_question(turn: Turn, asking: str, text: str) -> Reply:
    """Ask for free words; whatever comes back is the answer."""
    turn.memory["form"]["asking"] = asking
    turn.memory["form"]["takes_anything"] = True
    return Reply(text, is_final=False)


def hall(turn: Turn, desk: Desk) -> str:
    """The hall of the place where the resident lives, as far as that is known."""
    where = homes.known_place(desk, turn.user_id)
    spot = (
        grid.locate(desk.session, where.community_code) if where and where.community_code else None
    )
    if spot is None:
        return ""
    station = spot.station
    return HALL.format(
        name=station.name, address=station.address, hours=station.hall_hours, phone=station.phone
    )
