"""Statements over HTTP from the utility's marketing system (docs/billing-port.md)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

import httpx
from pydantic import Field, TypeAdapter, ValidationError

from bot.platforms.http import bearer
from handlers.billing.port import BillsUnavailableError, Kind, MonthBill, Statement
from handlers.errors import NotFoundError

MAX_BODY = 1 << 20
UNKNOWN = "营销系统没有这个户号。"
SILENT = "营销系统暂时查不到，请稍后再试。"

Period = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Energy = Annotated[Decimal, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class WireBill:
    """One bill as the contract writes it; numbers are texts, so that they stay exact."""

    period: Period
    kwh: Energy
    amount: Decimal
    due_on: date
    peak_kwh: Energy | None = None
    valley_kwh: Energy | None = None
    tier_reached: Annotated[int, Field(ge=1, le=9)] | None = None
    paid_on: date | None = None


@dataclass(frozen=True, slots=True)
class WireStatement:
    account_number: str
    tariff: Kind
    balance: Decimal
    arrears_cut: bool
    bills: Annotated[tuple[WireBill, ...], Field(max_length=600)]


SHAPE = TypeAdapter(WireStatement)


class MarketingSystem:
    """The port's adapter to `GET {base}/accounts/{account_number}/statement`."""

    def __init__(self, http: httpx.Client, base: str, token: str, timeout: float) -> None:
        self._http = http
        self._base = base.rstrip("/")
        self._headers = bearer(token)
        self._timeout = timeout

    def statement(self, account_number: str) -> Statement:
        """Raises NotFoundError or BillsUnavailableError; neither names the account."""
        try:
            wire = SHAPE.validate_json(self._fetch(account_number))
        except ValidationError as error:
            raise BillsUnavailableError(SILENT) from error
        if wire.account_number != account_number:
            raise BillsUnavailableError(SILENT)
        bills = sorted(map(_month, wire.bills), key=lambda bill: bill.period)
        if len({bill.period for bill in bills}) != len(bills):
            raise BillsUnavailableError(SILENT)
        return Statement(wire.tariff, wire.balance, wire.arrears_cut, tuple(bills))

    def _fetch(self, account_number: str) -> bytes:
        url = f"{self._base}/accounts/{account_number}/statement"
        try:
            with self._http.stream(
                "GET", url, headers=self._headers, timeout=self._timeout
            ) as answer:
                if answer.status_code == httpx.codes.NOT_FOUND:
                    raise NotFoundError(UNKNOWN)
                if answer.status_code != httpx.codes.OK:
                    raise BillsUnavailableError(SILENT)
                return _bounded(answer)
        except httpx.HTTPError as error:
            raise BillsUnavailableError(SILENT) from error


def _bounded(answer: httpx.Response) -> bytes:
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > MAX_BODY:
            raise BillsUnavailableError(SILENT)
    return bytes(body)


def _month(wire: WireBill) -> MonthBill:
    return MonthBill(
        period=wire.period,
        kwh=wire.kwh,
        peak_kwh=wire.peak_kwh,
        valley_kwh=wire.valley_kwh,
        amount=wire.amount,
        tier=wire.tier_reached,
        due_on=wire.due_on,
        paid_on=wire.paid_on,
    )
