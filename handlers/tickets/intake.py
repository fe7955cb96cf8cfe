"""Requests of other systems: the same number is the same ticket, a changed text is added."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from handlers.customers.models import Customer
from handlers.customers.service import find_by_account
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid import queries as grid
from handlers.grid.models import Community
from handlers.grid.rules import building_of, room_of
from handlers.tickets import service
from handlers.tickets.models import Category, Source, Ticket, TicketEvent
from handlers.tickets.opening import Wish, add_words, open_ticket
from nlu import hazards

EARLIEST = timedelta(days=366)
SKEW = timedelta(minutes=10)
LIFE = re.compile(r"触电|电到人|电死|着火|起火|爆炸|火花|打火|呼吸机|制氧机")


NEEDS_TEXT: dict[str, Callable[..., None]] = {
    "reply": service.reply,
    "resolve": service.resolve,
}
PLAIN: dict[str, Callable[..., None]] = {
    "accept": service.accept,
    "arrive": service.arrive,
    "close": service.close,
    "cancel": service.cancel,
    "escalate": service.escalate,
    "reopen": service.reopen,
}


@dataclass(frozen=True, slots=True)
class Received:
    """A request as another system tells it."""

    source_channel: Source
    external_number: str
    category: Category
    text: str
    account_number: str | None = None
    community: str | None = None
    address: str | None = None
    name: str | None = None
    phone: str | None = None
    reported_at: datetime | None = None


def receive(desk: Desk, received: Received, *, by: str) -> tuple[Ticket, bool]:
    """The ticket of an external number and whether it is new."""
    known = desk.session.scalar(
        sa.select(Ticket).where(
            Ticket.source_channel == received.source_channel,
            Ticket.external_number == received.external_number,
        )
    )
    if known is not None:
        if not _has_text(desk, known, received.text):
            add_words(desk, known, received.text, by=by)
        return known, False
    if received.reported_at is not None:
        _check_time(desk, received.reported_at, "reported_at")
    customer = find_by_account(desk, received.account_number) if received.account_number else None
    community, place = _place(desk, received, customer)
    building, room = _address(received, customer)
    return open_ticket(
        desk,
        Wish(
            category=received.category,
            text=received.text,
            intent="",
            is_p0=_is_life(received),
            source=received.source_channel,
            external_number=received.external_number,
            community_code=community.community_code if community else None,
            place_text=place,
            building=building,
            room=room,
            name=received.name or (customer.name if customer else None),
            phone=received.phone or (customer.phone if customer else None),
            account_number=received.account_number,
            reported_at=received.reported_at,
            keeps_apart=True,
        ),
    )


def act(
    desk: Desk,
    ticket: Ticket,
    action: str,
    *,
    by: str,
    text: str | None,
    at: datetime | None,
    to: str | None,
    into: str | None,
) -> None:
    """Do what another system says was done; `at` is when it was, if not now."""
    if at is not None:
        _check_time(desk, at, "at")
        desk.now = at
    if action == "transfer":
        service.transfer(desk, ticket, to=_given(to, "to"), by=by, text=text)
    elif action == "merge":
        service.merge(desk, ticket, into=_given(into, "into"), by=by, text=text)
    elif action in NEEDS_TEXT:
        NEEDS_TEXT[action](desk, ticket, by=by, text=text or "")
    else:
        PLAIN[action](desk, ticket, by=by, text=text)


def parent_of(desk: Desk, ticket: Ticket) -> str | None:
    """The number of the parent ticket, the outage, or the incident a ticket hangs on."""
    parent_id = ticket.parent_id or ticket.merged_into_id
    if parent_id is not None:
        return desk.session.get_one(Ticket, parent_id).number
    return ticket.outage_code


def _place(
    desk: Desk, received: Received, customer: Customer | None
) -> tuple[Community | None, str]:
    """The community told by name, alias or in the address; else where the account is."""
    told = " ".join(filter(None, (received.community, received.address)))
    if received.community:
        exact = grid.communities_by_alias(desk.session, received.community.strip())
        if len(exact) == 1:
            return exact[0], exact[0].name
    if told:
        names = list(dict.fromkeys(entity.value for entity in desk.places.find(told)))
        if len(names) == 1:
            return grid.community_by_name(desk.session, names[0]), names[0]
    if customer is not None:
        community = desk.session.get(Community, customer.community_code)
        return community, community.name if community else told
    return None, (received.community or received.address or "")[:100]


def _address(received: Received, customer: Customer | None) -> tuple[str, str]:
    told = received.address or ""
    match = re.search(r"([0-9A-Za-z]+)\s*(?:栋|幢|号楼|座|组|#)[^，,。]*", told)
    if match is not None:
        return building_of(match[0]), room_of(match[0])[:30]
    if customer is not None and not told:
        return customer.building, customer.room or ""
    return "", told[:60]


def _has_text(desk: Desk, ticket: Ticket, text: str) -> bool:
    if ticket.text == text:
        return True
    events = desk.session.scalars(sa.select(TicketEvent).where(TicketEvent.ticket_id == ticket.id))
    return any(event.text == text for event in events)


def _is_life(received: Received) -> bool:
    """Whether life is at stake, whatever category the other system chose."""
    danger = hazards.detect(received.text)
    if danger is not None and danger.is_p0:
        return True
    is_hazard = received.category == Category.HAZARD
    return is_hazard and bool(LIFE.search(hazards.undismissed(received.text)))


def _check_time(desk: Desk, moment: datetime, field: str) -> None:
    if moment > desk.now + SKEW:
        raise DomainError(f"{field} lies in the future", field=field)
    if moment < desk.now - EARLIEST:
        raise DomainError(f"{field} lies more than a year back", field=field)


def _given(value: str | None, field: str) -> str:
    if not value:
        raise DomainError(f"{field} is missing", field=field)
    return value
