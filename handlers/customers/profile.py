"""「尾号1234还在用吗」: the phone on an account is asked about now and then, and put right."""

import re
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from handlers.customers import service
from handlers.customers.models import Binding, Customer
from handlers.customers.places import TAIL
from handlers.desk import Desk
from handlers.dialogue.answers import bare, is_no, is_yes
from handlers.masking import mask_number

ASK = "顺便核对：户号{account}登记的电话尾号{tail}还在用吗？"
STILL = re.compile(r"^(?:还?在用|一直在用|没换|没有换|能打通|就是这个|正常)")
CHANGED = re.compile(r"不用了|没用了|不在用|停机|停用|换了|换号|改了|不是我的|空号|丢了")
THANKS = "好的，谢谢核对，就按这个号联系您。"
ASKED_AFTER = frozenset({"query_bill", "pay_bill", "request_invoice"})
CHANGE, CHANGES = "换联系电话", "change_account"
KEY = "profile_check"


def question(desk: Desk, openid: str, memory: dict[str, Any]) -> str:
    """The question about one account whose phone nobody confirmed for long; else nothing.

    It is asked once in so many days; the next message may answer it.
    """
    if not service.bound(desk, openid):
        return ""
    before = desk.now - timedelta(days=desk.tables.routing.rules.profile_check_days)
    query = (
        sa.select(Binding, Customer)
        .join(Customer, Customer.id == Binding.customer_id)
        .where(Binding.openid == openid, Customer.phone.is_not(None))
        .where(sa.or_(Binding.checked_at.is_(None), Binding.checked_at < before))
        .order_by(Binding.bound_at)
    )
    found = desk.session.execute(query.limit(1)).first()
    if found is None:
        return ""
    binding, customer = found
    binding.checked_at = desk.now
    memory[KEY] = customer.id
    account = mask_number(customer.account_number)
    return ASK.format(account=account, tail=(customer.phone or "")[-TAIL:])


def confirms(text: str) -> bool | None:
    """Whether the phone is still in use, as the answer says; None where it is no answer."""
    said = bare(text)
    if CHANGED.search(said) or is_no(text):
        return False
    return True if STILL.search(said) or is_yes(text) else None
