"""Statements from the imported tables customers and bills."""

from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from handlers.billing.models import Bill
from handlers.billing.port import Kind, MonthBill, Statement
from handlers.customers import service
from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.errors import NotFoundError

UNKNOWN = "没有这个户号。"


class ImportedBills:
    """The port's adapter to what `gridbot registry import` brought in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def statement(self, account_number: str) -> Statement:
        customer = service.find_by_account(self._desk, account_number)
        if customer is None:
            raise NotFoundError(UNKNOWN)
        return statement_of(self._desk, customer)


def statement_of(desk: Desk, customer: Customer) -> Statement:
    """The statement of a row that is at hand."""
    query = sa.select(Bill).where(Bill.customer_id == customer.id).order_by(Bill.period)
    return Statement(
        kind=Kind(customer.tariff),
        balance=Decimal(customer.balance),
        is_cut=customer.arrears_cut,
        bills=tuple(map(_month, desk.session.scalars(query))),
    )


def _month(row: Bill) -> MonthBill:
    return MonthBill(
        period=row.period,
        kwh=Decimal(row.kwh),
        peak_kwh=Decimal(row.peak_kwh) if row.peak_kwh else None,
        valley_kwh=Decimal(row.valley_kwh) if row.valley_kwh else None,
        amount=Decimal(row.amount),
        tier=row.tier_reached,
        due_on=date.fromisoformat(row.due_on),
        paid_on=date.fromisoformat(row.paid_on) if row.paid_on else None,
    )
