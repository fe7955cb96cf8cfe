"""What delivery asks just before it sends: is it still wanted, and by which way may it go."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.billing import reminders
from handlers.customers.models import Resident
from handlers.outages.staleness import stale
from notifier.models import Channel, OutboxMessage

GONE = "住户已取消关注"


class DeliveryChecks:
    """Answers `notifier.checks.Checks` from the residents' and the outages' tables."""

    def skips(
        self, session: Session, messages: Sequence[OutboxMessage], now: datetime
    ) -> dict[int, str]:
        outdated = stale(session, messages, now) | reminders.outdated(session, messages)
        return _unsubscribed(session, messages) | outdated

    def take_windows(self, session: Session, openids: Sequence[str], now: datetime) -> list[bool]:
        """Set one message of each resident's window aside, if the platform still takes one."""
        return [
            session.execute(
                sa.update(Resident)
                .where(
                    Resident.openid == openid,
                    Resident.window_until > now,
                    Resident.window_left > 0,
                )
                .values(window_left=Resident.window_left - 1)
                .returning(Resident.openid)
            ).first()
            is not None
            for openid in openids
        ]

    def close_windows(self, session: Session, openids: Collection[str]) -> None:
        session.execute(
            sa.update(Resident).where(Resident.openid.in_(openids)).values(window_left=0)
        )


def _unsubscribed(session: Session, messages: Sequence[OutboxMessage]) -> dict[int, str]:
    mine = {m.id: m.target for m in messages if m.channel == Channel.OFFICIAL_ACCOUNT}
    if not mine:
        return {}
    gone = set(
        session.scalars(
            sa.select(Resident.openid).where(
                Resident.openid.in_(set(mine.values())), ~Resident.is_subscribed
            )
        )
    )
    return {number: GONE for number, openid in mine.items() if openid in gone}
