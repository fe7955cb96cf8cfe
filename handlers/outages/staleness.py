"""Which messages of an outage say what is no longer so; delivery asks before it sends."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.outages import rules
from handlers.outages.messages import CHANGES
from handlers.outages.models import Outage, OutageEvent
from handlers.outages.notices import ANNOUNCING, BEFORE
from notifier import gathering, quotas
from notifier.models import OutboxMessage, OutboxState

ENDED = "the outage has ended"
BEGUN = "the outage has begun"
HELD = frozenset({quotas.USED_UP, gathering.GATHERING})
CHANGED = "a later change says it anew"


def stale(session: Session, messages: Sequence[OutboxMessage], now: datetime) -> dict[int, str]:
    """Why messages should not go out any more, by id.

    What waits for a group's owner goes stale with the outage: nobody may confirm old words later.
    So does what waited for a group's quota, perhaps for days.
    What is only queued still goes, so that each step is told.
    """
    about = [m for m in messages if m.outage_code and m.step in {*ANNOUNCING, *BEFORE}]
    if not about:
        return {}
    codes = {message.outage_code for message in about}
    outages = {
        outage.outage_code: outage
        for outage in session.scalars(sa.select(Outage).where(Outage.outage_code.in_(codes)))
    }
    changes = _last_changes(session, [outage.id for outage in outages.values()])
    found = {}
    for message in about:
        outage = outages.get(message.outage_code or "")
        if outage is not None and (why := _why(message, outage, changes.get(outage.id), now)):
            found[message.id] = why
    return found


def _why(message: OutboxMessage, outage: Outage, changed_at: datetime | None, now: datetime) -> str:
    has_ended = outage.state not in rules.ANNOUNCED
    if message.step in BEFORE:
        if has_ended:
            return ENDED
        return BEGUN if now >= outage.starts_at else ""
    if message.state != OutboxState.AWAITING_OWNER and message.error not in HELD:
        return ""
    if has_ended:
        return ENDED
    return CHANGED if changed_at is not None and message.created_at < changed_at else ""


def _last_changes(session: Session, outage_ids: list[int]) -> dict[int, datetime]:
    query = (
        sa.select(OutageEvent.outage_id, sa.func.max(OutageEvent.at))
        .where(OutageEvent.outage_id.in_(outage_ids), OutageEvent.action.in_(CHANGES))
        .group_by(OutageEvent.outage_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
