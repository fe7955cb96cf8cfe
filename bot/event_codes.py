"""Have the platform make the QR codes of events and polls; their pages draw them."""

from datetime import datetime, timedelta
from itertools import chain

import sqlalchemy as sa
import structlog

from bot.parts import Parts
from handlers.surveys import community_events, polls
from handlers.surveys.models import CommunityEvent, Poll
from notifier.errors import ChannelError

log = structlog.get_logger(__name__)

AT_ONCE = 20
# WeChat: a temporary code is good for 30 days at most, permanent ones are 100,000 in all.
LONGEST = timedelta(days=30)


def make_codes(parts: Parts) -> None:
    """Ask for the codes that are missing; the request is made outside of any transaction."""
    if parts.wechat is None:
        return
    for table, row_id, scene, ends_at in _missing(parts):
        lasts = ends_at - parts.clock.now()
        seconds = int(lasts.total_seconds()) if lasts <= LONGEST else None
        try:
            code = parts.wechat.create_qrcode(scene, seconds=seconds)
        except ChannelError as error:
            log.warning("qr_code_refused", scene=scene, error=type(error).__name__)
            return  # asked for again at the timer's next time
        with parts.database.scope() as session:
            session.execute(sa.update(table).where(table.id == row_id).values(code_url=code.url))


def _missing(
    parts: Parts,
) -> list[tuple[type[CommunityEvent] | type[Poll], int, str, datetime]]:
    """Events and polls that are not over and have no code, with their scenes and ends."""
    with parts.looking() as desk:
        days = timedelta(days=desk.tables.surveys.event_days)
        events = desk.session.scalars(
            sa.select(CommunityEvent)
            .where(CommunityEvent.code_url == "", CommunityEvent.ends_at > desk.now)
            .limit(AT_ONCE)
        )
        open_polls = desk.session.scalars(
            sa.select(Poll).where(Poll.code_url == "", Poll.closes_at > desk.now).limit(AT_ONCE)
        )
        return list(
            chain(
                (
                    (
                        CommunityEvent,
                        one.id,
                        f"{community_events.SCENE}{one.id}",
                        one.ends_at + days,
                    )
                    for one in events
                ),
                ((Poll, one.id, f"{polls.SCENE}{one.id}", one.closes_at) for one in open_polls),
            )
        )
