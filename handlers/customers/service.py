"""Who writes, which accounts are theirs, and how they prove it."""

import re
import secrets
import unicodedata
from datetime import datetime, timedelta

import sqlalchemy as sa

from config.database import blind
from config.recall import found_none, recall
from handlers.customers.models import Binding, ConsentCode, Customer, ProofAttempt, Resident
from handlers.desk import Desk
from handlers.errors import DomainError, NotFoundError

MAX_WRONG = 5
LOCK = timedelta(days=1)
MAX_BOUND = 10
CODE_DIGITS = 8
CODE_LIFE = timedelta(days=1)

WRONG = "户号和姓名（或电话）对不上，还可以试{left}次。"
LOCKED = "今天核对错了5次，为了安全先锁一天。急用请带身份证到营业厅，或打 {hotline}。"
FULL = f"一个微信最多绑{MAX_BOUND}个户号，请先解绑不用的。"
NOT_BOUND = "这个户号没有绑在您的微信上。"

# Built once: most of what is asked is about one of these.
BOUND = (
    sa.select(Customer)
    .join(Binding, Binding.customer_id == Customer.id)
    .where(Binding.openid == sa.bindparam("openid"))
    .order_by(Binding.bound_at, Customer.id)
)
HAS_BOUND = sa.exists().where(Binding.openid == sa.bindparam("writer"))


class WrongProofError(DomainError):
    """The proof does not fit the account, or the openid is locked; the attempt is written down."""

    def __init__(self, message: str, *, is_locked: bool) -> None:
        super().__init__(message, field="proof")
        self.is_locked = is_locked


def find_by_account(desk: Desk, number: str) -> Customer | None:
    index = blind(desk.session, number, "account")
    return desk.session.scalar(sa.select(Customer).where(Customer.account_index == index))


def find_by_meter(desk: Desk, number: str) -> Customer | None:
    """The account of a meter; None where none or several have that number."""
    index = blind(desk.session, number, "meter")
    found = desk.session.scalars(sa.select(Customer).where(Customer.meter_index == index)).all()
    return found[0] if len(found) == 1 else None


def prove(desk: Desk, openid: str, account_number: str, proof_text: str) -> Customer:
    """The account, if the text is its full registered name or phone, or its consent code.

    Raises WrongProofError. The failed attempt is a row of this transaction: let it commit. Which
    part was wrong is not told, so that nobody can try out numbers.
    """
    desk.session.get(Resident, openid, with_for_update=True)  # attempts at once count one by one
    wrong = _wrong_attempts(desk, openid)
    if wrong >= MAX_WRONG:
        raise WrongProofError(locked_words(desk), is_locked=True)
    customer = find_by_account(desk, account_number)
    if customer is not None and (
        _fits(customer, proof_text) or _redeem(desk, customer, proof_text)
    ):
        return customer
    desk.session.add(ProofAttempt(openid=openid, at=desk.now))
    left = MAX_WRONG - wrong - 1
    raise WrongProofError(
        WRONG.format(left=left) if left else locked_words(desk), is_locked=not left
    )


def is_locked(desk: Desk, openid: str) -> bool:
    return _wrong_attempts(desk, openid) >= MAX_WRONG


def bind(desk: Desk, openid: str, customer: Customer, *, label: str = "") -> Binding:
    """Bind a proven account; binding it again changes nothing but its label."""
    known = desk.session.get(Binding, (openid, customer.id))
    if known is not None:
        known.label = label or known.label
        return known
    if len(bound(desk, openid)) >= MAX_BOUND:
        raise DomainError(FULL)
    binding = Binding(
        openid=openid,
        customer_id=customer.id,
        bound_at=desk.now,
        label=label,
        consented_at=desk.now,
    )
    desk.session.add(binding)
    desk.session.flush()
    return binding


def unbind(desk: Desk, openid: str, customer_id: int) -> None:
    """Undo a binding; raises NotFoundError where there is none."""
    known = desk.session.get(Binding, (openid, customer_id))
    if known is None:
        raise NotFoundError(NOT_BOUND)
    desk.session.delete(known)
    desk.session.flush()


def bound(desk: Desk, openid: str) -> list[Customer]:
    """The accounts of a resident, the oldest binding first."""
    return recall(
        desk.session,
        Binding.__tablename__,
        f"bound to {openid}",
        lambda: desk.session.scalars(BOUND, {"openid": openid}).all(),
    )


def has_none(desk: Desk, openid: str) -> None:
    """Another statement has found no account of this resident."""
    found_none(desk.session, Binding.__tablename__, f"bound to {openid}")


def consent_code(desk: Desk, openid: str, customer_id: int) -> tuple[str, datetime]:
    """A code with which someone of the family can bind this account once, and its end."""
    if desk.session.get(Binding, (openid, customer_id)) is None:
        raise NotFoundError(NOT_BOUND)
    desk.session.execute(
        sa.delete(ConsentCode).where(
            sa.or_(ConsentCode.customer_id == customer_id, ConsentCode.expires_at <= desk.now)
        )
    )
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    until = desk.now + CODE_LIFE
    desk.session.add(ConsentCode(code=code, customer_id=customer_id, expires_at=until))
    desk.session.flush()
    return code, until


def set_notices(desk: Desk, openid: str, *, wanted: bool) -> None:
    """Turn outage notices on or off for a resident."""
    desk.session.execute(
        sa.update(Resident).where(Resident.openid == openid).values(wants_notices=wanted)
    )


def set_quiet_hours(desk: Desk, openid: str, quiet_from: str, quiet_until: str) -> None:
    """Hours `HH:MM` in which what can wait is held; both empty: those of all residents."""
    desk.session.execute(
        sa.update(Resident)
        .where(Resident.openid == openid)
        .values(quiet_from=quiet_from, quiet_until=quiet_until)
    )


def forget(desk: Desk, openid: str) -> None:
    """Delete what is personal of someone who left; the bare row keeps that they left."""
    desk.session.execute(sa.delete(Binding).where(Binding.openid == openid))
    desk.session.execute(
        sa.update(Resident)
        .where(Resident.openid == openid)
        .values(
            is_subscribed=False,
            community_code=None,
            building="",
            room=None,
            phone=None,
            phone_index=None,
            name=None,
            window_until=None,
            window_left=0,
        )
    )


def _wrong_attempts(desk: Desk, openid: str) -> int:
    query = sa.select(sa.func.count()).where(
        ProofAttempt.openid == openid, ProofAttempt.at > desk.now - LOCK
    )
    return desk.session.scalar(query) or 0


def locked_words(desk: Desk) -> str:
    return LOCKED.format(hotline=desk.tables.contacts.hotline)


def _fits(customer: Customer, proof_text: str) -> bool:
    said = _plain(proof_text)
    if not said:
        return False
    digits = re.sub(r"^86(?=1\d{10}$)", "", re.sub(r"\D", "", said))
    phone = re.sub(r"\D", "", customer.phone or "")
    return said == _plain(customer.name) or (bool(phone) and digits == phone)


def _plain(text: str) -> str:
    """A name as it is compared: full-width forms, spaces and punctuation do not count."""
    return re.sub(r"[^\w]", "", unicodedata.normalize("NFKC", text)).casefold()


def _redeem(desk: Desk, customer: Customer, proof_text: str) -> bool:
    code = _plain(proof_text)
    if not re.fullmatch(rf"\d{{{CODE_DIGITS}}}", code):
        return False
    known = desk.session.get(ConsentCode, code)
    if known is None or known.customer_id != customer.id or known.expires_at <= desk.now:
        return False
    desk.session.delete(known)
    return True
