"""Take out of the records who they were about; what was done stays (PIPL art. 47)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from handlers.applications import drafts
from handlers.customers import service as customers
from handlers.customers.models import Binding, ConsentCode, ProofAttempt, Resident
from handlers.desk import Desk
from handlers.masking import mask_name, mask_number, mask_room, mask_text
from handlers.outages.models import OutageSubscriber
from handlers.privacy.subject import Subject
from handlers.surveys.models import Survey
from handlers.tickets.models import Media, ShortLink, Ticket
from handlers.tickets.rules import ACTIVE
from notifier.models import OutboxMessage, OutboxState

ERASED = "erased"
SHORTEST = 2  # signs of a name that is looked for in texts; of a room, one more


@dataclass(slots=True)
class Erased:
    """What an erasure did; `kept` are tickets in work, masked when it is done again later."""

    openids: tuple[str, ...]
    tickets: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    account_stays: bool = False


def erase(desk: Desk, subject: Subject) -> Erased:
    """Erase a person. An account itself stays while its supply contract does (art. 13 (2))."""
    done = Erased(subject.openids, account_stays=subject.customer is not None)
    query = sa.select(Ticket).where(subject.owns_ticket()).order_by(Ticket.id)
    tickets = desk.session.scalars(query).all()
    known = _known(desk, subject) | {word for one in tickets for word in _named(one)}
    for ticket in tickets:
        if ticket.state in ACTIVE:
            done.kept.append(ticket.number)
        else:
            sent = sa.and_(Media.ticket_id == ticket.id, Media.openid.is_not(None))
            done.files += _delete_media(desk, sent)
            mask_ticket(desk, ticket, known)
            done.tickets.append(ticket.number)
    if subject.customer is not None:
        _unbind_all(desk, subject.customer.id)
    for openid in subject.openids:
        done.files += forget(desk, openid)
        if not done.kept:
            desk.session.execute(sa.delete(Resident).where(Resident.openid == openid))
    return done


def forget(desk: Desk, openid: str) -> list[str]:
    """Delete what is personal of someone who left; the paths of files to remove are returned."""
    customers.forget(desk, openid)
    drafts.forget(desk, openid)
    session = desk.session
    for table in (ProofAttempt, OutageSubscriber):
        session.execute(sa.delete(table).where(table.openid == openid))
    session.execute(sa.delete(ShortLink).where(ShortLink.openid == openid))
    _erase_messages(desk, OutboxMessage.target == openid)
    return _delete_media(desk, sa.and_(Media.openid == openid, Media.ticket_id.is_(None)))


def mask_ticket(desk: Desk, ticket: Ticket, known: Iterable[str] = ()) -> None:
    """Leave what happened and hide whom it happened to; `known` are names and rooms of theirs."""
    words = sorted({*known, *_named(ticket)}, key=len, reverse=True)
    ticket.name = mask_name(ticket.name)
    ticket.phone = mask_number(ticket.phone)
    ticket.account_number = mask_number(ticket.account_number)
    ticket.address = mask_room(ticket.address)
    ticket.phone_index = ticket.phone_tail_index = ticket.account_index = None
    ticket.openid = ticket.subject_key = None
    ticket.text = hide(ticket.text, words)
    ticket.masked_text = hide(ticket.masked_text, words)
    ticket.result = hide(ticket.result, words) if ticket.result else ticket.result
    ticket.fields = _without(ticket.fields, words)
    for event in ticket.events:
        event.text = hide(event.text, words) if event.text else event.text
    desk.session.execute(
        sa.update(Survey)
        .where(Survey.ticket_id == ticket.id)
        .values(openid=None, household_key=None, comment=None)
    )
    desk.session.execute(sa.delete(ShortLink).where(ShortLink.record == ticket.number))
    _erase_messages(desk, OutboxMessage.ticket_number == ticket.number)
    desk.session.execute(sa.update(Media).where(Media.ticket_id == ticket.id).values(openid=None))


def hide(text: str, words: Iterable[str]) -> str:
    """A text without numbers, rooms and these words: a name keeps its first letter, a room nothing."""
    for word in words:
        alone = rf"(?<!\d){re.escape(word)}(?!\d)"
        text = re.sub(alone, "***" if _has_digits(word) else mask_name(word) or "", text)
    return mask_text(text)


def _known(desk: Desk, subject: Subject) -> set[str]:
    """Names and rooms of this person beside the tickets: a ticket may tell them in its text alone."""
    accounts = [one for openid in subject.openids for one in customers.bound(desk, openid)]
    residents = [desk.session.get(Resident, openid) for openid in subject.openids]
    rows = [(row.name, row.room) for row in (*accounts, *residents, subject.customer) if row]
    return _long_enough(word for row in rows for word in row)


def _named(ticket: Ticket) -> set[str]:
    return _long_enough((ticket.name, ticket.fields.get("person"), ticket.address))


def _long_enough(words: Iterable[str | None]) -> set[str]:
    """What can be told from other words of a text."""
    whole = {word for word in words if word and "*" not in word}
    return {word for word in whole if len(word) >= SHORTEST + _has_digits(word)}


def _has_digits(word: str) -> bool:
    return any(sign.isdigit() for sign in word)


def _without(value: Any, words: list[str], key: str = "") -> Any:
    """A form's answers with the same things hidden as in the columns."""
    if isinstance(value, dict):
        return {name: _without(inner, words, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, words, key) for inner in value]
    if not isinstance(value, str):
        return value
    if key in {"room", "address"}:
        return mask_room(value)
    if key in {"name", "person"}:
        return mask_name(value)
    return hide(value, words)


def _unbind_all(desk: Desk, customer_id: int) -> None:
    for table in (Binding, ConsentCode):
        desk.session.execute(sa.delete(table).where(table.customer_id == customer_id))


def _erase_messages(desk: Desk, which: sa.ColumnElement[bool]) -> None:
    """That and when something was sent stays; to whom and what goes, and what waits is not sent."""
    session = desk.session
    session.execute(
        sa.update(OutboxMessage)
        .where(which, OutboxMessage.state == OutboxState.PENDING)
        .values(state=OutboxState.SKIPPED, due_at=None, error=ERASED)
    )
    key = sa.literal(f"{ERASED}:") + sa.cast(OutboxMessage.id, sa.String)
    session.execute(
        sa.update(OutboxMessage).where(which).values(payload={}, target=ERASED, dedupe_key=key)
    )


def _delete_media(desk: Desk, which: sa.ColumnElement[bool]) -> list[str]:
    gone = desk.session.scalars(sa.delete(Media).where(which).returning(Media.path))
    return [path for path in gone if path]
