"""What follows from what: a low capability's event and the high ones that answer it.

They run in the same transaction, before its commit, until nothing new happens.
"""

from collections.abc import Callable
from typing import Any

from handlers.applications import reactions as applications
from handlers.desk import Desk
from handlers.outages import reactions as outages
from handlers.outages.events import IncidentConfirmed, OutageRestored, OutageStarted
from handlers.subscriptions import service as subscriptions
from handlers.surveys import reactions as surveys
from handlers.tickets import reactions as tickets
from handlers.tickets import twins
from handlers.tickets.events import TicketChanged, TicketOpened

Reaction = Callable[[Desk, Any], None]

REACTIONS: dict[type[Any], tuple[Reaction, ...]] = {
    TicketOpened: (
        tickets.look_for_incident,
        twins.propose,
        surveys.tie_to_event,
        subscriptions.tell_opened,
    ),
    TicketChanged: (
        tickets.look_for_dark,
        applications.follow_ticket,
        surveys.schedule_or_settle,
        subscriptions.tell_changed,
    ),
    IncidentConfirmed: (tickets.open_parent,),
    OutageStarted: (tickets.attach_reports,),
    OutageRestored: (tickets.tell_reporters, outages.ask_subscribers),
}


def settle(desk: Desk) -> None:
    """Answer every recorded event, and the events those answers record."""
    while desk.happened:
        event = desk.happened.pop(0)
        for react in REACTIONS.get(type(event), ()):
            react(desk, event)
