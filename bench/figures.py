"""What a benchmark found."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """`ours` and `reference` are of one run; `ratio` is ours over the reference's."""

    what: str
    ours: str
    reference: str
    ratio: float | None
    aim: str = ""

    @property
    def ratio_text(self) -> str:
        return "–" if self.ratio is None else f"{self.ratio:.2f}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
