"""What time itself does to outages; run it every few seconds, any number of processes may."""

from datetime import timedelta

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.outages import alerts, notices, service
from handlers.outages.models import Outage, OutageState

AT_ONCE = 100


def tick(desk: Desk) -> int:
    """Start, archive, expand the next pages and look for trouble; how many pages there were.

    Call it again at once while it returns more than nought.
    """
    _start(desk)
    _archive(desk)
    alerts.warn_estimates(desk)
    alerts.canary(desk)
    alerts.digest(desk)
    return notices.expand_due(desk)


def _start(desk: Desk) -> None:
    query = (
        sa.select(Outage)
        .where(Outage.state == OutageState.PUBLISHED, Outage.starts_at <= desk.now)
        .order_by(Outage.starts_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=Outage)
    )
    for outage in desk.session.scalars(query).all():
        service.start(desk, outage)


def _archive(desk: Desk) -> None:
    """What has been over for days; an imported one ends with its plan when nobody says more."""
    before = desk.now - timedelta(days=desk.tables.outages.archive_days)
    is_over = sa.and_(Outage.state == OutageState.RESTORED, Outage.restored_at <= before)
    is_forgotten = sa.and_(
        Outage.state == OutageState.UNDER_WAY, Outage.is_imported, Outage.ends_at <= before
    )
    query = (
        sa.select(Outage)
        .where(sa.or_(is_over, is_forgotten))
        .order_by(Outage.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=Outage)
    )
    for outage in desk.session.scalars(query).all():
        outage.state = OutageState.ARCHIVED
        service.record(desk, outage, "archived", by="system")
