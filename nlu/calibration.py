"""How sure an engine must be before its answer is acted on: calibration.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

CALIBRATION = Path(__file__).parent / "calibration.toml"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities; the file says what each one decides."""

    fallback: float
    act: float
    handover: float
    also: float
    hazard_alone: float
    hazard_with_rule: float
    hazard_against_wish: float


def load(engine: str, path: Path = CALIBRATION) -> Thresholds:
    return Thresholds(**tomllib.loads(path.read_text(encoding="utf-8"))[engine])
