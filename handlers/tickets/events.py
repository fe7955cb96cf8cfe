"""What happens to tickets that others react to (see handlers/reactions.py)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TicketOpened:
    ticket_id: int


@dataclass(frozen=True, slots=True)
class TicketChanged:
    """A step was taken; `action` is of `handlers.tickets.models.Action`."""

    ticket_id: int
    action: str
    by: str
