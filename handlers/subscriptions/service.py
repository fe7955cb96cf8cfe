"""Tell other systems what happened to a ticket: at least once each, in order, without persons.

The body names the ticket and the step; names, phones and texts are read with a key, by its scopes.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.subscriptions.models import Subscription
from handlers.tickets.events import TicketChanged, TicketOpened
from handlers.tickets.models import Action, Source, Ticket, TicketEvent
from notifier.models import Channel
from notifier.outbox import Outgoing, put

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
LONGEST = 500


def add(desk: Desk, name: str, url: str, sources: Sequence[str]) -> Subscription:
    """Begin to tell an address; the same name again moves it. Raises DomainError in English."""
    _require_address(url)
    unknown = [one for one in sources if one not in set(Source)]
    if unknown:
        known = ", ".join(source.value for source in Source)
        raise DomainError(f"unknown source {', '.join(unknown)}; known: {known}", field="sources")
    found = desk.session.scalar(sa.select(Subscription).where(Subscription.name == name))
    if found is None:
        found = Subscription(name=name, created_at=desk.now)
        desk.session.add(found)
    found.url, found.sources, found.ended_at = url, list(sources), None
    desk.session.flush()
    return found


def end(desk: Desk, name: str) -> bool:
    """Tell it nothing new; returns whether it was told until now."""
    found = desk.session.scalar(sa.select(Subscription).where(Subscription.name == name))
    if found is None or found.ended_at is not None:
        return False
    found.ended_at = desk.now
    return True


def living(desk: Desk) -> list[Subscription]:
    query = sa.select(Subscription).where(Subscription.ended_at.is_(None))
    return list(desk.session.scalars(query.order_by(Subscription.id)))


def tell_opened(desk: Desk, event: TicketOpened) -> None:
    _tell(desk, event.ticket_id, Action.OPENED)


def tell_changed(desk: Desk, event: TicketChanged) -> None:
    _tell(desk, event.ticket_id, Action(event.action))


def _tell(desk: Desk, ticket_id: int, action: Action) -> None:
    listeners = living(desk)
    if not listeners:
        return
    ticket = desk.session.get_one(Ticket, ticket_id)
    desk.session.flush()
    query = sa.select(sa.func.max(TicketEvent.id)).where(
        TicketEvent.ticket_id == ticket_id, TicketEvent.action == action
    )
    number = desk.session.scalar(query) or 0
    messages = [
        Outgoing(
            channel=Channel.WEBHOOK_OUT,
            target=one.url,
            kind=f"ticket_{action}",
            payload=_body(ticket, action, number, desk),
            key=f"subscription:{one.id}:{ticket.number}:{action}:{number}",
            ticket_number=ticket.number,
        )
        for one in listeners
        if not one.sources or ticket.source_channel in one.sources
    ]
    put(desk.session, messages, now=desk.now)


def _body(ticket: Ticket, action: Action, number: int, desk: Desk) -> dict[str, object]:
    """`id` stays the same over all tries, so that a receiver can drop what it has."""
    return {
        "id": f"{ticket.number}-{number}",
        "action": action.value,
        "at": desk.now.isoformat(),
        "number": ticket.number,
        "state": ticket.state,
        "category": ticket.category,
        "priority": ticket.priority,
        "source_channel": ticket.source_channel,
        "external_number": ticket.external_number,
        "station_code": ticket.station_code,
        "grid_code": ticket.grid_code,
    }


def _require_address(url: str) -> None:
    """https, or http to this machine; without a user in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not is_safe or not parts.hostname or parts.username or len(url) > LONGEST:
        raise DomainError(f"{url} is no address to post to: give https://HOST/PATH", field="url")
