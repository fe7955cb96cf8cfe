"""Console passwords (argon2id), second factors (TOTP) and the lock-out."""

from datetime import UTC, datetime, timedelta

import pyotp
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pyotp.utils import strings_equal
from sqlalchemy.orm import Session

from bot.access.models import LoginFailure
from handlers.errors import DomainError
from handlers.grid.models import Staff
from notifier.locks import exclusive

MIN_LENGTH = 8
MAX_LENGTH = 256
FAILURES = 5
WINDOW = timedelta(minutes=15)
SKEW = 1  # a phone's clock may be a step of 30 seconds off
_HASHER = PasswordHasher()
# Verified against when there is no such person, so that time tells nothing.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$TLtdQkkbl87bFRk+0+64WQ$KBQ6Pt4np0wmzJm1craZ49WmwqFnGgNXKQhQfRtb/CY"


class LockedError(Exception):
    """Too many failures for this account or address (HTTP 429)."""


def set_password(staff: Staff, password: str) -> None:
    """Keep a password's hash; raises DomainError when it is too short."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise DomainError(f"密码要 {MIN_LENGTH} 到 {MAX_LENGTH} 个字符。", field="password")
    staff.password_hash = _HASHER.hash(password)


def sign_in(
    session: Session, *, userid: str, password: str, totp: str, address: str, now: datetime
) -> Staff | None:
    """The person, or None with the failure written down; raises LockedError."""
    userid = userid.replace("\0", "")
    subjects = (f"address:{address}", f"user:{userid.lower()[:64]}")
    for subject in subjects:  # tries at once count one by one
        exclusive(session, f"sign_in:{subject}")
    if any(_failures(session, subject, now) >= FAILURES for subject in subjects):
        raise LockedError
    staff = session.get(Staff, userid)
    if _fits(staff, password[:MAX_LENGTH], totp):
        return staff
    session.add_all(LoginFailure(subject=subject, at=now) for subject in subjects)
    return None


def _fits(staff: Staff | None, password: str, totp: str) -> bool:
    known = staff.password_hash if staff is not None else None
    try:
        is_right = _HASHER.verify(known or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    if staff is None or known is None or not staff.is_active:
        return False
    if staff.totp_secret is None:
        return is_right
    return is_right and _use_code(staff, staff.totp_secret, totp)


def _use_code(staff: Staff, secret: str, code: str) -> bool:
    """Whether a code holds now; each of them counts once (RFC 6238, 5.2)."""
    clock = pyotp.TOTP(secret)
    step = clock.timecode(datetime.now(UTC))
    for fitting in range(step - SKEW, step + SKEW + 1):
        is_new = staff.totp_used is None or fitting > staff.totp_used
        if is_new and strings_equal(code, clock.generate_otp(fitting)):
            staff.totp_used = fitting
            return True
    return False


def _failures(session: Session, subject: str, now: datetime) -> int:
    query = sa.select(sa.func.count()).where(
        LoginFailure.subject == subject, LoginFailure.at > now - WINDOW
    )
    return session.scalar(query) or 0
