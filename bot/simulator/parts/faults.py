"""Faults that tests order: wrong answers of the API, and unruly deliveries of callbacks."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any


class FaultKind(StrEnum):
    ERRCODE = "errcode"
    HTML = "html"
    HALF = "half"
    SILENCE = "silence"
    RESET = "reset"
    LATENCY = "latency"
    STATUS = "status"


@dataclass(slots=True)
class Fault:
    """`path` may hold `*`; `times` None is always; `effect`: the call works, its answer is lost."""

    id: int
    path: str
    kind: FaultKind
    times: int | None = 1
    code: int = -1
    text: str = ""
    seconds: float = 0.0
    effect: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._count = 0

    def add(self, path: str, kind: str, **options: Any) -> Fault:
        self._count += 1
        fault = Fault(self._count, path.lstrip("/"), FaultKind(kind), **options)
        self._faults.append(fault)
        return fault

    def take(self, path: str) -> Fault | None:
        """Use up the oldest fault ordered for this path."""
        for fault in self._faults:
            if fnmatchcase(path, fault.path):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                return fault
        return None

    def clear(self, number: int | None = None) -> None:
        self._faults = [f for f in self._faults if number is not None and f.id != number]

    def __iter__(self) -> Iterator[Fault]:
        return iter(list(self._faults))


@dataclass(slots=True)
class Unruly:
    """How the next pushes to the product go wrong; each number counts the pushes it still hits."""

    drop: int = 0
    duplicate: int = 0
    concurrent: int = 0
    delay: int = 0
    delay_seconds: float = 6.0
    reorder: int = 0
    bad_signature: int = 0
    stale: int = 0
    aibot_in_customer_groups: bool = False

    def take(self, name: str) -> bool:
        left: int = getattr(self, name)
        if left <= 0:
            return False
        setattr(self, name, left - 1)
        return True

    def set(self, **values: Any) -> None:
        for name, value in values.items():
            if name not in self.__slots__:
                raise ValueError(name)
            setattr(self, name, type(getattr(self, name))(value))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
