"""What becomes of an application's stages when its ticket is accepted or ends."""

from handlers.applications import service
from handlers.desk import Desk
from handlers.tickets.events import TicketChanged
from handlers.tickets.models import Action, Ticket


def follow_ticket(desk: Desk, event: TicketChanged) -> None:
    """接单 is the first stage done; 办结 completes all; 撤销 drops what was to come."""
    if event.action not in {Action.ACCEPT, Action.RESOLVE, Action.CLOSE, *ENDS}:
        return
    ticket = desk.session.get_one(Ticket, event.ticket_id)
    if not service.stages_of(desk, ticket):
        return
    if event.action in ENDS:
        service.withdraw(desk, ticket)
    elif event.action == Action.ACCEPT:
        _accepted(desk, ticket, event.by)
    else:
        service.complete(desk, ticket)


ENDS = frozenset({Action.CANCEL, Action.MERGE})


def _accepted(desk: Desk, ticket: Ticket, by: str) -> None:
    first = service.stages_of(desk, ticket)[0]
    if first.leg == "" and first.done_at is None:
        service.advance(desk, ticket, first.stage, by=by, tells=False)
