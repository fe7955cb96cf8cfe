"""Take a request down: the same household and matter is the same ticket, else a new one."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from config.database import blind
from handlers.customers import places as homes
from handlers.customers.service import find_by_account
from handlers.desk import Desk
from handlers.grid import queries as grid
from handlers.grid.places import unit_of
from handlers.grid.queries import Spot
from handlers.masking import mask_text
from handlers.tickets import assignment, deadlines, household, notices
from handlers.tickets.events import TicketOpened
from handlers.tickets.models import (
    Action,
    Category,
    Media,
    Priority,
    Source,
    State,
    Ticket,
    TicketCounter,
    TicketEvent,
)
from handlers.tickets.rules import ACTIVE, number_for, priority_of

JUST_BEFORE = timedelta(hours=1)
LIFE_SUPPORT = "life_support"  # a customer's `sensitive`
WITHOUT_POWER = frozenset({Category.OUTAGE, Category.RECONNECTION})


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be taken down. `community_code` None: a place in no registry, or none told."""

    category: Category
    text: str
    intent: str = ""
    is_p0: bool = False
    source: Source = Source.WECHAT
    external_number: str | None = None
    openid: str | None = None
    community_code: str | None = None
    place_text: str = ""
    building: str = ""
    room: str = ""
    name: str | None = None
    phone: str | None = None
    account_number: str | None = None
    reported_at: datetime | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    about_userid: str | None = None
    is_confidential: bool = False
    is_anonymous: bool = False
    has_generation: bool = False
    parent_id: int | None = None
    priority: Priority | None = None
    keeps_apart: bool = False


def open_ticket(desk: Desk, wish: Wish) -> tuple[Ticket, bool]:
    """The ticket of a wish and whether it is new; an open one of the same household is added to."""
    if not wish.is_p0 and _lives_on_power(desk, wish):
        wish = replace(wish, is_p0=True)
    if not wish.keeps_apart and (known := same_matter(desk, wish)) is not None:
        add_words(desk, known, wish.text, by="resident")
        if wish.is_p0:
            raise_to_p0(desk, known, why=wish.text)
        return known, False
    spot = (
        grid.locate(desk.session, wish.community_code, wish.building)
        if wish.community_code
        else None
    )
    ticket = _new(desk, wish, spot)
    _assign(desk, ticket, wish, spot)
    desk.session.add(ticket)
    desk.session.flush()
    _remember_opening(desk, ticket)
    place_kind = spot.community.kind if spot else ""
    deadlines.set_due(desk, ticket, place_kind=place_kind)
    notices.opened(desk, ticket)
    _remember_person(desk, ticket, wish)
    desk.record(TicketOpened(ticket.id))
    return ticket, True


def _lives_on_power(desk: Desk, wish: Wish) -> bool:
    """Whether the account without power is one with life support."""
    if wish.account_number is None or wish.category not in WITHOUT_POWER:
        return False
    customer = find_by_account(desk, wish.account_number)
    return customer is not None and customer.sensitive == LIFE_SUPPORT


def same_matter(desk: Desk, wish: Wish) -> Ticket | None:
    """An open ticket of this household about this matter."""
    active = sa.select(Ticket).where(Ticket.state.in_(ACTIVE), Ticket.category == wish.category)
    if wish.openid:
        mine = desk.session.scalars(
            active.where(Ticket.openid == wish.openid).order_by(Ticket.id.desc())
        )
        for ticket in mine:
            if _same_place(ticket, wish):
                return ticket
    key = _household_key(desk, wish)
    return household.holder(desk.session, key) if key else None


def add_words(desk: Desk, ticket: Ticket, text: str, *, by: str) -> None:
    """Add what was said to an open ticket's history; its assignee hears of it."""
    ticket.contact_count += 1
    ticket.updated_at = desk.now
    record(desk, ticket, Action.ADD, by=by, text=text)
    notices.words_added(desk, ticket, text)


def raise_to_p0(desk: Desk, ticket: Ticket, *, why: str) -> None:
    """Life is at stake, as was said after the opening: the shortest clocks, and the crew is paged."""
    if ticket.priority == Priority.P0:
        return
    ticket.priority = Priority.P0
    record(desk, ticket, Action.RAISE, by="gridbot", text=why)
    deadlines.set_due(desk, ticket)
    notices.raised(desk, ticket, why)


def record(
    desk: Desk,
    ticket: Ticket,
    action: Action,
    *,
    by: str,
    text: str | None = None,
    from_state: str = "",
    is_public: bool = True,
    facts: dict[str, Any] | None = None,
) -> TicketEvent:
    """Write one line of a ticket's history."""
    event = TicketEvent(
        ticket_id=ticket.id,
        at=desk.now,
        action=action,
        by=by,
        from_state=from_state,
        to_state=ticket.state,
        text=text,
        is_public=is_public,
        facts=facts or {},
    )
    desk.session.add(event)
    return event


def _new(desk: Desk, wish: Wish, spot: Spot | None) -> Ticket:
    def index(value: str | None, purpose: str) -> str | None:
        return blind(desk.session, value, purpose) if value else None

    unit = unit_of(spot.community.kind) if spot else "栋"
    undo = timedelta(minutes=desk.tables.routing.rules.undo_minutes)
    address = "".join(filter(None, (wish.building and f"{wish.building}{unit}", wish.room)))
    return Ticket(
        number=_next_number(desk),
        state=State.OPEN,
        category=wish.category,
        priority=wish.priority or priority_of(wish.category, is_p0=wish.is_p0),
        intent=wish.intent,
        source_channel=wish.source,
        external_number=wish.external_number,
        openid=wish.openid,
        keeps_apart=wish.keeps_apart,
        subject_key=None if wish.keeps_apart else _household_key(desk, wish),
        station_code=spot.station.station_code if spot else None,
        grid_code=spot.grid.grid_code if spot else None,
        area_code=spot.area.area_code if spot and spot.area else None,
        community_code=wish.community_code if spot else None,
        place_text=spot.community.name if spot else wish.place_text,
        building=wish.building,
        address=address or None,
        name=wish.name,
        phone=wish.phone,
        phone_index=index(wish.phone, "phone"),
        phone_tail_index=index(wish.phone[-4:] if wish.phone else None, "phone_tail"),
        account_number=wish.account_number,
        account_index=index(wish.account_number, "account"),
        text=wish.text,
        masked_text=mask_text(wish.text, *_names(desk, wish)),
        fields=wish.fields,
        parent_id=wish.parent_id,
        is_confidential=wish.is_confidential,
        is_anonymous=wish.is_anonymous,
        has_generation=wish.has_generation,
        reported_at=wish.reported_at or desk.now,
        created_at=desk.now,
        updated_at=desk.now,
        due={},
        pauses=[],
        contact_count=1,
        escalation_level=0,
        warned_percent=0,
        undo_until=desk.now + undo if wish.openid else None,
    )


def _names(desk: Desk, wish: Wish) -> set[str | None]:
    """Whom the masked text must not tell; a confidential reporter by no name that is known."""
    return {wish.name} | (homes.known_names(desk, wish.openid) if wish.is_confidential else set())


def _assign(desk: Desk, ticket: Ticket, wish: Wish, spot: Spot | None) -> None:
    if spot is None:
        ticket.assigned_because = "地点不在登记内，进供指总队列等人分派"
        return
    chosen = assignment.choose(
        desk, grid_code=spot.grid.grid_code, category=ticket.category, priority=ticket.priority
    )
    if chosen.staff is not None and chosen.staff.userid == wish.about_userid:
        leader = assignment.team_leader(desk, spot.station.station_code, but=wish.about_userid)
        chosen = assignment.Assignment(leader, "投诉涉及原负责人，转班长")
    ticket.assignee = chosen.staff
    ticket.assignee_userid = chosen.staff.userid if chosen.staff else None
    ticket.assigned_because = chosen.because
    ticket.state = State.ASSIGNED if chosen.staff else State.OPEN


def _remember_opening(desk: Desk, ticket: Ticket) -> None:
    record(desk, ticket, Action.OPENED, by="resident" if ticket.openid else ticket.source_channel)
    if ticket.assignee_userid:
        record(
            desk,
            ticket,
            Action.ASSIGN,
            by="gridbot",
            text=ticket.assigned_because,
            facts={"to": ticket.assignee_userid},
        )


def _remember_person(desk: Desk, ticket: Ticket, wish: Wish) -> None:
    """The next time the place is asked back instead of asked for, and the phone is known."""
    if wish.openid is None:
        return
    desk.session.execute(  # pictures sent while it was being told belong to it
        sa.update(Media)
        .where(
            Media.openid == wish.openid,
            Media.ticket_id.is_(None),
            Media.received_at >= desk.now - JUST_BEFORE,
        )
        .values(ticket_id=ticket.id)
    )
    if wish.community_code:
        homes.remember_place(desk, wish.openid, wish.community_code, wish.building, wish.room)
    if wish.phone:
        homes.remember_phone(desk, wish.openid, wish.phone)


def _next_number(desk: Desk) -> str:
    """Count up the day's number; the row's lock orders simultaneous openings."""
    session = desk.session
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(TicketCounter).values(day=f"{desk.now:%Y%m%d}", last=1)
    counted = statement.on_conflict_do_update(
        index_elements=["day"], set_={"last": TicketCounter.last + 1}
    ).returning(TicketCounter.last)
    return number_for(desk.now, session.execute(counted).scalar_one())


def _household_key(desk: Desk, wish: Wish) -> str | None:
    place = (wish.community_code, wish.building, wish.room)
    return household.key_of(desk.session, *place, wish.category)


def _same_place(ticket: Ticket, wish: Wish) -> bool:
    """Whether nothing the two say of the place differs; what one leaves out fits."""
    if wish.community_code is None and wish.place_text:
        return ticket.place_text == wish.place_text
    pairs = (
        (ticket.community_code, wish.community_code),
        (ticket.building, wish.building),
        (ticket.account_number, wish.account_number),
    )
    return all(mine == theirs for mine, theirs in pairs if mine and theirs)
