"""The port to bills: what the marketing system knows of an account, wherever it is read from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from handlers.errors import DomainError


class Kind(StrEnum):
    """The tariff of an account (REGISTRY.md, customers.csv)."""

    TIERED = "tiered"
    TIERED_TOU = "tiered_tou"
    FLAT = "flat"
    COMMERCIAL = "commercial"


@dataclass(frozen=True, slots=True)
class MonthBill:
    """One month of one account; `period` is `YYYY-MM`."""

    period: str
    kwh: Decimal
    peak_kwh: Decimal | None
    valley_kwh: Decimal | None
    amount: Decimal
    tier: int | None
    due_on: date
    paid_on: date | None

    @property
    def year(self) -> int:
        return int(self.period[:4])

    @property
    def month(self) -> int:
        return int(self.period[5:])


@dataclass(frozen=True, slots=True)
class Statement:
    """An account as it stands: a negative balance is owed, bills come oldest first."""

    kind: Kind
    balance: Decimal
    is_cut: bool
    bills: tuple[MonthBill, ...]

    @property
    def latest(self) -> MonthBill | None:
        return self.bills[-1] if self.bills else None

    @property
    def unpaid(self) -> tuple[MonthBill, ...]:
        return tuple(bill for bill in self.bills if bill.paid_on is None)

    def bill(self, period: str) -> MonthBill | None:
        return next((bill for bill in self.bills if bill.period == period), None)


class BillsUnavailableError(DomainError):
    """The source does not answer, or not with what can be used; ask again later."""


class BillSource(Protocol):
    """Where statements come from.

    Raises NotFoundError for an account it does not know, BillsUnavailableError when it is slow,
    down or wrong.
    """

    def statement(self, account_number: str) -> Statement: ...
