"""When residents are reminded that supply may be cut for arrears."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class ArrearsRules:
    cut_after_days: int
    days_before: tuple[int, ...]
    calendar: str

    def __post_init__(self) -> None:
        if not self.days_before or min(self.days_before) < 0:
            raise ValueError("days_before must name days, such as [7, 3, 0]")
        if max(self.days_before) >= self.cut_after_days:
            raise ValueError("days_before must be fewer than cut_after_days")

    def cut_day(self, due_on: date) -> date:
        """The first day on which supply may be cut for a bill."""
        return due_on + timedelta(days=self.cut_after_days)

    def step(self, due_on: date, today: date) -> int | None:
        """Which reminder is on: the last one begun; None before the first and after the cut."""
        left = (self.cut_day(due_on) - today).days
        begun = [days for days in self.days_before if days >= left]
        return min(begun) if begun and left >= 0 else None
