"""Where balances and bills come from."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class BillRules:
    source: Literal["imported", "http"]
    url: str
    fresh_minutes: int
    timeout_seconds: float
    tries: int

    def __post_init__(self) -> None:
        if self.source == "http" and not self.url.startswith(("http://", "https://")):
            raise ValueError("url must be an address such as https://marketing.example.cn/api")

    @property
    def is_remote(self) -> bool:
        return self.source == "http"
