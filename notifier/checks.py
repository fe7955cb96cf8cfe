"""What delivery asks the business just before it sends."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from notifier.models import OutboxMessage


class Checks(Protocol):
    """All three run in delivery's own short transactions."""

    def skips(
        self, session: Session, messages: Sequence[OutboxMessage], now: datetime
    ) -> dict[int, str]:
        """Why messages should not be sent any more, by their id."""
        ...

    def take_windows(self, session: Session, openids: Sequence[str], now: datetime) -> list[bool]:
        """For each resident in turn: set one customer-service message aside, if there is one."""
        ...

    def close_windows(self, session: Session, openids: Collection[str]) -> None:
        """The platform says that these residents' windows are closed."""
        ...


class NoChecks:
    """Sends everything, and to residents as template messages."""

    def skips(
        self, session: Session, messages: Sequence[OutboxMessage], now: datetime
    ) -> dict[int, str]:
        return {}

    def take_windows(self, session: Session, openids: Sequence[str], now: datetime) -> list[bool]:
        return [False] * len(openids)

    def close_windows(self, session: Session, openids: Collection[str]) -> None:
        return None
