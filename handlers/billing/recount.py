"""Count a bill again within its year, and say how sure the count is; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from config.tariffs import Tariffs, TariffVersion
from handlers.billing.port import Kind, MonthBill
from handlers.billing.tariff import TIERED, ZERO, Charge, charge, charge_by_tier


class Basis(StrEnum):
    """What the count rests on."""

    TABLES = "tables"
    LARGE_HOUSEHOLD = "large_household"
    TIER_REACHED = "tier_reached"


@dataclass(frozen=True, slots=True)
class Recount:
    """`used` is the year's kWh up to and with this month, None where the year is not complete."""

    version: TariffVersion
    charge: Charge
    basis: Basis
    used: Decimal | None

    @property
    def extra_monthly(self) -> int:
        is_large = self.basis == Basis.LARGE_HOUSEHOLD
        return self.version.large_household.monthly_kwh if is_large else 0

    @property
    def to_next_tier(self) -> Decimal | None:
        """How many kWh are left of the tier; None in the last one or where it is not known."""
        edges = self.version.edges(extra_monthly=self.extra_monthly)
        if self.used is None or self.version.cycle != "year":
            return None
        return next((edge - self.used for edge in edges if edge >= self.used), None)


def recount(
    tariffs: Tariffs, kind: Kind, bills: Sequence[MonthBill], bill: MonthBill
) -> Recount | None:
    """The bill counted from the tables; None before the first version of them.

    With the year complete the tables decide, without it the bill's own tier does. A household
    that only the wider tiers explain is counted with them.
    """
    version = tariffs.on(date(bill.year, bill.month, 1))
    if version is None:
        return None
    if kind not in TIERED:
        return Recount(version, charge(version, kind, bill, ZERO), Basis.TABLES, None)
    before = used_before(bills, bill)
    if before is None and version.cycle == "year":
        by_tier = charge_by_tier(version, kind, bill)
        return Recount(version, by_tier, Basis.TIER_REACHED, None) if by_tier else None
    before = before or ZERO
    counted = charge(version, kind, bill, before)
    used = before + bill.kwh
    if counted.amount != bill.amount:
        extra = version.large_household.monthly_kwh
        wide = charge(version, kind, bill, before, extra_monthly=extra)
        if wide.amount == bill.amount:
            return Recount(version, wide, Basis.LARGE_HOUSEHOLD, used)
    return Recount(version, counted, Basis.TABLES, used)


def used_before(bills: Sequence[MonthBill], bill: MonthBill) -> Decimal | None:
    """The year's kWh before a month; None unless every month since January is there."""
    months = {one.month: one.kwh for one in bills if one.year == bill.year}
    if any(month not in months for month in range(1, bill.month)):
        return None
    return sum((months[month] for month in range(1, bill.month)), ZERO)
