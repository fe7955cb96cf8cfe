"""Residents who asked about or reported an outage and are told how it goes on and of its end."""

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.outages.models import Outage, OutageSubscriber


def follow(
    desk: Desk, outage: Outage, openid: str, *, community_code: str | None, building: str = ""
) -> bool:
    """Remember that this resident waits for its end; False where that was known."""
    if desk.session.get(OutageSubscriber, (outage.id, openid)) is not None:
        return False
    desk.session.add(
        OutageSubscriber(
            outage_id=outage.id,
            openid=openid,
            at=desk.now,
            community_code=community_code,
            building=building,
        )
    )
    desk.session.flush()
    return True


def followers(desk: Desk, outage: Outage) -> list[OutageSubscriber]:
    query = sa.select(OutageSubscriber).where(OutageSubscriber.outage_id == outage.id)
    return list(desk.session.scalars(query.order_by(OutageSubscriber.openid)))
