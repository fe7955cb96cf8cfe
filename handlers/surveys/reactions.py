"""A ticket that is done gets its survey; one that is closed without gets it at once."""

from handlers.desk import Desk
from handlers.surveys import community_events, service
from handlers.tickets.events import TicketChanged, TicketOpened
from handlers.tickets.models import Action, Ticket


def schedule_or_settle(desk: Desk, event: TicketChanged) -> None:
    """After 办结 a survey is scheduled; after `close` it is sent if none was; a reopening drops it."""
    ticket = desk.session.get_one(Ticket, event.ticket_id)
    if event.action == Action.RESOLVE:
        survey = service.schedule(desk, ticket)
        if survey is not None and survey.due_at is not None and survey.due_at <= desk.now:
            service.send(desk, survey)
    elif event.action == Action.CLOSE:
        survey = service.of_ticket(desk.session, ticket.id) or service.schedule(desk, ticket)
        if survey is not None and survey.sent_at is None and survey.answered_at is None:
            service.send(desk, survey)
    elif event.action in {Action.REOPEN, Action.CANCEL, Action.MERGE}:
        survey = service.of_ticket(desk.session, ticket.id)
        if survey is not None and survey.answered_at is None:
            desk.session.delete(survey)


def tie_to_event(desk: Desk, event: TicketOpened) -> None:
    """What was said at an event counts among its results."""
    community_events.link(desk, desk.session.get_one(Ticket, event.ticket_id))
