"""Seasonal tips: which page of the guide is passed on to residents in which months."""

from dataclasses import dataclass

MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Tip:
    """`page` names a page of the residents' guide."""

    title: str
    months: tuple[int, ...]
    page: str

    def __post_init__(self) -> None:
        if not self.months or not set(self.months) <= set(MONTHS):
            raise ValueError("months must be numbers from 1 to 12")


@dataclass(frozen=True, slots=True)
class Tips:
    tips: tuple[Tip, ...]

    def of_month(self, month: int) -> list[Tip]:
        return [tip for tip in self.tips if month in tip.months]
