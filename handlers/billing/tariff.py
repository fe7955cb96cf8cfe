"""Count a bill from the tariff tables: tiers of the cycle, peak and valley, one price; pure."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from config.tariffs import LateFee, TariffVersion
from handlers.billing.port import Kind, MonthBill

CENT = Decimal("0.01")
ZERO = Decimal(0)
TIERED = frozenset({Kind.TIERED, Kind.TIERED_TOU})
PER_MILLE = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Slice:
    """So many kWh at one tier's price."""

    tier: int
    kwh: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """A bill as counted: its slices by tier and what peak and valley add to them."""

    amount: Decimal
    slices: tuple[Slice, ...]
    peak_valley: Decimal = ZERO

    @property
    def tier(self) -> int:
        return self.slices[-1].tier

    def tier_extra(self, first: Decimal) -> Decimal:
        """What the higher tiers cost beyond the first one's price."""
        return sum((part.kwh * (part.price - first) for part in self.slices), ZERO)


def charge(
    version: TariffVersion, kind: Kind, bill: MonthBill, before: Decimal, *, extra_monthly: int = 0
) -> Charge:
    """Count a month of which `before` kWh were used earlier in the cycle.

    `extra_monthly` widens each tier for a large household (一户多人口).
    """
    if kind not in TIERED:
        price = version.flat if kind == Kind.FLAT else version.commercial
        return _charge(version, kind, bill, (Slice(1, bill.kwh, price),))
    start = before if version.cycle == "year" else ZERO
    edges = version.edges(extra_monthly=extra_monthly)
    return _charge(version, kind, bill, _slices(version, edges, start, bill.kwh))


def charge_by_tier(version: TariffVersion, kind: Kind, bill: MonthBill) -> Charge | None:
    """Count a month whose year is not complete: its tier is the authority (REGISTRY.md).

    Where the month crossed into that tier, the split is what gives the billed amount. None where
    no split does.
    """
    if kind not in TIERED or bill.tier is None:
        return charge(version, kind, bill, ZERO) if kind not in TIERED else None
    price = version.tiers[bill.tier - 1].price
    whole = _charge(version, kind, bill, (Slice(bill.tier, bill.kwh, price),))
    if whole.amount == bill.amount or bill.tier == 1:
        return whole if whole.amount == bill.amount else None
    return _crossed(version, kind, bill, whole.amount)


def late_fee(
    rules: LateFee, kind: Kind, bill: MonthBill, today: date, *, owed: Decimal | None = None
) -> Decimal:
    """What a day's delay and the next have cost on an unpaid bill by now."""
    days = (today - bill.due_on).days
    if bill.paid_on is not None or days <= 0:
        return ZERO
    if kind in TIERED or kind == Kind.FLAT:
        rate = rules.resident
    else:
        rate = rules.other_this_year if bill.year == today.year else rules.other_past_years
    amount = bill.amount if owed is None else owed
    return _to_cent(amount * rate * PER_MILLE * days)


def _slices(
    version: TariffVersion, edges: tuple[Decimal, ...], start: Decimal, kwh: Decimal
) -> tuple[Slice, ...]:
    """Cut the kWh from `start` on at the edges; a month of nothing is one empty slice."""
    end = start + kwh
    bounds = (ZERO, *edges, max(end, *edges) + 1)
    parts = [
        Slice(number, min(end, high) - max(start, low), version.tiers[number - 1].price)
        for number, (low, high) in enumerate(pairwise(bounds), 1)
        if min(end, high) > max(start, low)
    ]
    if parts:
        return tuple(parts)
    tier = 1 + sum(start > edge for edge in edges)
    return (Slice(tier, ZERO, version.tiers[tier - 1].price),)


def _charge(
    version: TariffVersion, kind: Kind, bill: MonthBill, slices: tuple[Slice, ...]
) -> Charge:
    shift = ZERO
    if kind == Kind.TIERED_TOU and bill.peak_kwh is not None and bill.valley_kwh is not None:
        rule = version.peak_valley
        shift = bill.peak_kwh * rule.peak + bill.valley_kwh * rule.valley
    total = sum((part.kwh * part.price for part in slices), shift)
    return Charge(_to_cent(total), slices, shift)


def _crossed(version: TariffVersion, kind: Kind, bill: MonthBill, whole: Decimal) -> Charge | None:
    """The split between a tier and the one below that gives the billed amount."""
    tier = bill.tier or 1
    high, low = version.tiers[tier - 1].price, version.tiers[tier - 2].price
    below = _to_cent((whole - bill.amount) / (high - low))
    if not ZERO < below < bill.kwh:
        return None
    slices = (Slice(tier - 1, below, low), Slice(tier, bill.kwh - below, high))
    counted = _charge(version, kind, bill, slices)
    return counted if counted.amount == bill.amount else None


def _to_cent(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
