"""What a month's events and polls brought, for the digest."""

from datetime import datetime

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.surveys import polls as voting
from handlers.surveys.models import CommunityEvent, EventOpinion

NOBODY = "没有人投票"


def events(
    desk: Desk, since: datetime, until: datetime, station_code: str | None
) -> tuple[tuple[str, int], ...]:
    """The events that began in a time, each with how many opinions it brought."""
    query = (
        sa.select(CommunityEvent.title, sa.func.count(EventOpinion.ticket_id))
        .outerjoin(EventOpinion, EventOpinion.event_id == CommunityEvent.id)
        .where(CommunityEvent.starts_at >= since, CommunityEvent.starts_at < until)
        .group_by(CommunityEvent.id)
        .order_by(CommunityEvent.id)
    )
    if station_code is not None:
        query = query.where(CommunityEvent.station_code == station_code)
    return tuple((row[0], row[1]) for row in desk.session.execute(query))


def polls(
    desk: Desk, since: datetime, until: datetime, station_code: str | None
) -> tuple[tuple[str, str], ...]:
    """The polls that closed in a time, each with what most people chose."""
    found = voting.of_station(desk, station_code, closed_from=since, closed_to=until)
    return tuple((poll.question, _winner(voting.results(desk, poll))) for poll in found)


def _winner(counts: list[voting.Count]) -> str:
    best = max((count.votes for count in counts), default=0)
    if not best:
        return NOBODY
    chosen = "、".join(count.option for count in counts if count.votes == best)
    total = sum(count.votes for count in counts)
    return f"{chosen}（{best}/{total} 票）"
