"""Messages that nothing will send any more: see them, send them again."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from notifier.models import OutboxMessage, OutboxState

RESENDABLE = (OutboxState.DEAD, OutboxState.FAILED)


def dead(session: Session, *, limit: int = 100) -> Sequence[OutboxMessage]:
    """The newest messages that died or failed."""
    return session.scalars(
        sa.select(OutboxMessage)
        .where(OutboxMessage.state.in_(RESENDABLE))
        .order_by(OutboxMessage.id.desc())
        .limit(limit)
    ).all()


def resend(session: Session, message_id: int, now: datetime) -> bool:
    """Let a dead or failed message begin anew; False when it is neither."""
    return resend_all(session, now, [message_id]) == 1


def resend_all(session: Session, now: datetime, ids: Sequence[int]) -> int:
    """The same for several, e.g. after a platform's long outage; returns how many."""
    begun = session.scalars(
        sa.update(OutboxMessage)
        .where(OutboxMessage.id.in_(ids), OutboxMessage.state.in_(RESENDABLE))
        .values(
            state=OutboxState.PENDING, due_at=now, attempts=0, error="", route="", platform_id=""
        )
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(begun.all())
