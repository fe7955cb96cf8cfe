"""The end of keeping: what the business's tables hold of people longer than they need to."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from handlers.customers.models import ConsentCode, ProofAttempt
from handlers.desk import Desk
from handlers.privacy.erasure import mask_ticket
from handlers.tickets.models import Handover, Media, ShortLink, Ticket
from notifier.models import OutboxMessage

AT_ONCE = 1000  # rows of a kind in one transaction: locks stay short
TICKETS_AT_ONCE = 100
EMPTY = 51  # letters of an encrypted `{}` (config/ciphers.py)


def sweep(desk: Desk) -> tuple[int, list[str]]:
    """Delete or mask one batch of each kind; how many rows it were, and files to remove."""
    days, session = desk.tables.retention, desk.session
    count = 0
    count += drop(session, ProofAttempt, ProofAttempt.at < _before(desk, days.proof_attempts))
    count += drop(session, ShortLink, ShortLink.expires_at < _before(desk, days.short_links))
    count += drop(session, ConsentCode, ConsentCode.expires_at < desk.now)
    count += drop(session, Handover, Handover.written_at < _before(desk, days.handovers))
    count += drop(
        session,
        OutboxMessage,
        sa.and_(
            OutboxMessage.due_at.is_(None),
            OutboxMessage.created_at < _before(desk, days.outbox_targets),
        ),
    )
    count += _empty_payloads(desk, _before(desk, days.outbox_payloads))
    count += _mask_tickets(desk, _before(desk, days.closed_tickets))
    files = _drop_media(desk)
    return count + len(files), files


def drop(session: Any, table: Any, which: sa.ColumnElement[bool]) -> int:
    """Delete one batch of a table's rows."""
    key = sa.inspect(table).primary_key[0]
    batch = sa.select(key).where(which).limit(AT_ONCE)
    gone = session.execute(sa.delete(table).where(key.in_(batch)))
    return int(gone.rowcount)


def _empty_payloads(desk: Desk, before: datetime) -> int:
    """The words of messages that are done; the length of what is stored tells the empty ones."""
    stored = sa.func.length(sa.type_coerce(OutboxMessage.payload, sa.Text))
    batch = (
        sa.select(OutboxMessage.id)
        .where(OutboxMessage.due_at.is_(None), OutboxMessage.created_at < before, stored > EMPTY)
        .limit(AT_ONCE)
    )
    done = desk.session.execute(
        sa.update(OutboxMessage).where(OutboxMessage.id.in_(batch)).values(payload={})
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _mask_tickets(desk: Desk, before: datetime) -> int:
    """Tickets that were closed long ago; a ticket that names nobody any more is left alone."""
    query = (
        sa.select(Ticket)
        .where(
            sa.func.coalesce(Ticket.closed_at, Ticket.updated_at) < before,
            Ticket.next_due_at.is_(None),
            sa.or_(
                Ticket.openid.is_not(None),
                Ticket.phone_index.is_not(None),
                Ticket.account_index.is_not(None),
            ),
        )
        .order_by(Ticket.id)
        .limit(TICKETS_AT_ONCE)
    )
    tickets = desk.session.scalars(query).all()
    for ticket in tickets:
        mask_ticket(desk, ticket)
    return len(tickets)


def _drop_media(desk: Desk) -> list[str]:
    days = desk.tables.retention
    closed = sa.select(Ticket.id).where(Ticket.closed_at < _before(desk, days.media))
    which = sa.or_(
        sa.and_(Media.ticket_id.is_(None), Media.received_at < _before(desk, days.loose_media)),
        Media.ticket_id.in_(closed),
    )
    batch = sa.select(Media.id).where(which).limit(AT_ONCE)
    gone = desk.session.scalars(sa.delete(Media).where(Media.id.in_(batch)).returning(Media.path))
    return list(gone)


def _before(desk: Desk, days: int) -> datetime:
    return desk.now - timedelta(days=days)
