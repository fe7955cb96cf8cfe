"""What a finished case is worth (工时积分) and how customer managers are rated."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Percents:
    """Percent of the base points; those that apply are multiplied."""

    late: int
    reopened: int
    bad_mark: int
    best_mark: int


@dataclass(frozen=True, slots=True)
class Stars:
    """Weights of the parts of a rating, and the score from which on each star is given."""

    fewest_cases: int
    skill: float
    quality: float
    load: float
    bad_mark_costs: float
    limits: tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class PointRules:
    source: str
    default: int
    base: dict[str, int]
    percent: Percents
    stars: Stars
