"""The journal: every API call received and every callback posted, with body and answer."""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

SECRET_FIELDS = {"access_token", "secret", "corpsecret"}


@dataclass(slots=True)
class Entry:
    """`direction` is `api` (product to platform) or `callback` (platform to product)."""

    id: int
    at: float
    direction: str
    path: str
    query: dict[str, str]
    body: Any
    status: int | None
    answer: Any
    milliseconds: float
    note: str = ""
    decoded: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def without_secrets(fields: Any) -> Any:
    if not isinstance(fields, dict):
        return fields
    return {key: "…" if key in SECRET_FIELDS else value for key, value in fields.items()}


class Journal:
    def __init__(self, limit: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._count = 0

    def record(  # noqa: PLR0913 - one column each
        self,
        direction: str,
        path: str,
        *,
        at: float,
        query: dict[str, str],
        body: Any,
        status: int | None,
        answer: Any,
        milliseconds: float,
        note: str = "",
        decoded: str = "",
    ) -> Entry:
        self._count += 1
        entry = Entry(
            self._count, at, direction, path, without_secrets(query), without_secrets(body),
            status, without_secrets(answer), round(milliseconds, 1), note, decoded,
        )  # fmt: skip
        self._entries.append(entry)
        return entry

    def find(
        self, *, path: str = "", direction: str = "", after: int = 0, limit: int = 1000
    ) -> list[Entry]:
        found = [
            entry
            for entry in self._entries
            if entry.id > after
            and (not path or entry.path == path)
            and (not direction or entry.direction == direction)
        ]
        return found[-limit:]
