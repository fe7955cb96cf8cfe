"""What residents ask about money: each question ends in an answer or a ticket."""

from handlers.customers import service as customers
from handlers.desk import Desk
from handlers.dialogue.turn import Reply, Turn
from handlers.tickets.dialogue import take_down
from handlers.tickets.models import Category

ASK_TO_BIND = "绑定户号后说「这个月电费多少」就能查（回「绑定户号」）。我先请客户经理帮您查。"
BALANCE = "户号尾号{tail}的账户余额：{balance}元（负数是欠费）。"
HOW_TO_PAY = "交电费：微信或支付宝「生活缴费」、网上国网App，填户号就能交；营业厅也能交。"
INVOICE = "电子发票：打开网上国网App，「更多」里找「电子发票」，选月份就能下载，也能发到邮箱。"


def query_bill(turn: Turn, desk: Desk) -> Reply:
    mine = customers.bound(desk, turn.user_id)
    if not mine:
        return take_down(turn, desk, lead=ASK_TO_BIND, category=Category.BILLING)
    lines = [BALANCE.format(tail=one.account_tail, balance=one.balance) for one in mine]
    return turn.finish("\n".join(lines))


def dispute_bill(turn: Turn, desk: Desk) -> Reply:
    return take_down(turn, desk, category=Category.BILLING)


def pay_bill(turn: Turn, desk: Desk) -> Reply:
    return turn.finish(HOW_TO_PAY)


def query_price(turn: Turn, desk: Desk) -> Reply:
    return take_down(turn, desk)


def request_invoice(turn: Turn, desk: Desk) -> Reply:
    return turn.finish(INVOICE)


def request_reconnection(turn: Turn, desk: Desk) -> Reply:
    return take_down(turn, desk, category=Category.RECONNECTION)
