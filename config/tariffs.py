"""What electricity costs: versions by date, tiers, peak and valley, late fees."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of the price; the last has no upper edge."""

    price: Decimal
    monthly_kwh: int | None = None


@dataclass(frozen=True, slots=True)
class PeakValley:
    """What peak and valley hours add to the tier's price; the hours are `HH:MM`."""

    peak: Decimal
    valley: Decimal
    valley_from: str
    valley_until: str


@dataclass(frozen=True, slots=True)
class LargeHousehold:
    people: int
    monthly_kwh: int
    flat_people: int


@dataclass(frozen=True, slots=True)
class TariffVersion:
    """The prices in force from a day on."""

    effective_from: date
    source: str
    cycle: Literal["year", "month"]
    flat: Decimal
    flat_for: tuple[str, ...]
    commercial: Decimal
    tiers: tuple[Tier, ...]
    peak_valley: PeakValley
    large_household: LargeHousehold

    def edges(self, *, extra_monthly: int = 0) -> tuple[Decimal, ...]:
        """The upper edges of all tiers but the last, in kWh of one cycle."""
        months = MONTHS if self.cycle == "year" else 1
        return tuple(
            Decimal((tier.monthly_kwh + extra_monthly) * months)
            for tier in self.tiers
            if tier.monthly_kwh is not None
        )


@dataclass(frozen=True, slots=True)
class LateFee:
    """Per mille a day of what is owed."""

    source: str
    due_day: int
    resident: Decimal
    other_this_year: Decimal
    other_past_years: Decimal


@dataclass(frozen=True, slots=True)
class Seasons:
    hot: frozenset[int]
    cold: frozenset[int]


@dataclass(frozen=True, slots=True)
class Tariffs:
    versions: tuple[TariffVersion, ...]
    late_fee: LateFee
    seasons: Seasons

    def on(self, day: date) -> TariffVersion | None:
        """The version in force on a day, None before the first."""
        begun = [version for version in self.versions if version.effective_from <= day]
        return max(begun, key=lambda version: version.effective_from, default=None)
