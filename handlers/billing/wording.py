"""Money, energy and months as people read them."""

from datetime import date
from decimal import Decimal

TIERS = "一二三四五六"
CENT = Decimal("0.01")


def money(amount: Decimal) -> str:
    return f"{amount.quantize(CENT):f}"


def number(value: Decimal) -> str:
    """A quantity without trailing zeros: 118, 12.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def price(value: Decimal) -> str:
    """A price for a kWh with at least two places: 0.60, 0.538."""
    return f"{value:f}" if -int(value.as_tuple().exponent) > 2 else money(value)  # noqa: PLR2004


def month_name(period: str) -> str:
    return f"{int(period[5:])}月"


def tier_name(tier: int) -> str:
    return f"第{TIERS[tier - 1]}档"


def day(moment: date) -> str:
    return f"{moment.month}月{moment.day}日"
