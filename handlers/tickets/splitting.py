"""Two matters in one ticket become two tickets; two tickets merged by mistake part again."""

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid.rules import room_of
from handlers.tickets import deadlines, household, notices
from handlers.tickets.events import TicketChanged
from handlers.tickets.models import Action, Category, Source, State, Ticket, TicketEvent
from handlers.tickets.opening import Wish, open_ticket, record
from handlers.tickets.rules import ACTIVE, CATEGORY_WORDS, next_state
from notifier.outbox import put

NO_TEXT = "请写上分出来的是什么事，例如：拆单 T… 电费 上个月电费不对。"
NO_CATEGORY = "分出来的是哪一类？可以写：{names}。"
FROM, INTO = "split_from", "split_into"


def split(desk: Desk, ticket: Ticket, *, category: Category, text: str, by: str) -> Ticket:
    """A ticket of its own for the second matter; place and person stay, the clock begins now."""
    words = text.strip()
    if not words:
        raise DomainError(NO_TEXT, field="text")
    next_state(Action.SPLIT, State(ticket.state))
    made, _ = open_ticket(desk, _wish(ticket, category, words))
    ticket.fields = {**ticket.fields, INTO: [*ticket.fields.get(INTO, []), made.number]}
    ticket.updated_at = desk.now
    record(desk, ticket, Action.SPLIT, by=by, text=words, facts={"into": made.number})
    record(desk, made, Action.SPLIT, by=by, facts={"from": ticket.number})
    if made.openid:
        put(desk.session, [notices.resident(desk, made, "ticket_split")], now=desk.now)
    desk.record(TicketChanged(ticket.id, Action.SPLIT, by))
    return made


def unmerge(desk: Desk, ticket: Ticket, *, by: str) -> None:
    """The ticket goes on by itself, in the state it had before it was merged."""
    next_state(Action.UNMERGE, State(ticket.state))
    merged = _last_merge(desk, ticket)
    target = desk.session.get(Ticket, ticket.merged_into_id) if ticket.merged_into_id else None
    before = State(merged.from_state) if merged and merged.from_state else State.REOPENED
    ticket.state = before if before in ACTIVE else State.REOPENED
    ticket.merged_into_id = None
    ticket.updated_at = desk.now
    record(desk, ticket, Action.UNMERGE, by=by, from_state=State.MERGED)
    if target is not None:
        record(desk, target, Action.UNMERGE, by=by, facts={"from": ticket.number})
    household.claim(desk.session, ticket)
    deadlines.set_due(desk, ticket)
    desk.session.flush()
    notices.opened(desk, ticket)
    if ticket.openid:
        put(desk.session, [notices.resident(desk, ticket, "ticket_unmerge")], now=desk.now)
    desk.record(TicketChanged(ticket.id, Action.UNMERGE, by))


def category_named(words: str) -> tuple[Category, str]:
    """The category that a text begins with, by its name or a part of it, and what follows."""
    name, _, rest = words.strip().partition(" ")
    for category, full in CATEGORY_WORDS.items():
        if name and (name == category or full.startswith(name)):
            return category, rest.strip()
    raise DomainError(
        NO_CATEGORY.format(names="、".join(CATEGORY_WORDS.values())), field="category"
    )


def kin(ticket: Ticket) -> list[tuple[str, str]]:
    """The numbers of the tickets it was split from or into, each with what it is."""
    found = [(str(number), "分出去的单") for number in ticket.fields.get(INTO, [])]
    return (
        [(str(ticket.fields[FROM]), "从这张单分出来"), *found] if FROM in ticket.fields else found
    )


def _wish(ticket: Ticket, category: Category, text: str) -> Wish:
    return Wish(
        category=category,
        text=text,
        source=Source(ticket.source_channel),
        openid=ticket.openid,
        community_code=ticket.community_code,
        place_text=ticket.place_text,
        building=ticket.building,
        room=room_of(ticket.address or ""),
        name=ticket.name,
        phone=ticket.phone,
        account_number=ticket.account_number,
        is_confidential=ticket.is_confidential,
        is_anonymous=ticket.is_anonymous,
        has_generation=ticket.has_generation,
        fields={FROM: ticket.number},
        keeps_apart=True,
    )


def _last_merge(desk: Desk, ticket: Ticket) -> TicketEvent | None:
    query = sa.select(TicketEvent).where(
        TicketEvent.ticket_id == ticket.id,
        TicketEvent.action == Action.MERGE,
        TicketEvent.to_state == State.MERGED,
    )
    return desk.session.scalar(query.order_by(TicketEvent.id.desc()).limit(1))
