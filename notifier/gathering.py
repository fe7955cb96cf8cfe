"""Posts to residents' groups when a group's quota is scarce: what can wait goes out as one.

A platform that takes so many posts of a group in a month (or week, or day) counts posts, not what
stands in them. Urgent ones are never held, and never mixed with others.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from config.channels import Channels
from config.clock import china
from notifier import quotas
from notifier.models import Channel, OutboxMessage
from notifier.shipments import Shipment

# In a payload: the post can wait for others of the same group.
MAY_WAIT = "may_wait"
GATHERING = "waits for other posts of the group, whose quota is scarce"
ABOVE = "有{count}条停电通知，请都看一下。"
BETWEEN = "\n\n——\n\n"


def hold(
    session: Session, messages: Sequence[OutboxMessage], limits: Channels, now: datetime
) -> dict[int, datetime]:
    """Until when posts wait to be gathered, by id; each is held once at most."""
    waiting = [m for m in messages if _may_wait(m.channel, m.payload) and m.error != GATHERING]
    wanted = [quotas.group_posts(limits, m.target, now) for m in waiting]
    used = quotas.usage(session, wanted, now) if wanted else {}
    until = gathered_at(limits, now)
    scarce = limits.wecom.customer_group_scarce
    return {
        message.id: until
        for message, quota in zip(waiting, wanted, strict=True)
        if 0 < quota.limit - used[quota.key] <= scarce
    }


def gathered_at(limits: Channels, now: datetime) -> datetime:
    """When the day's posts go out together: today, or tomorrow once that hour is past."""
    at = china(now)
    hour = time.fromisoformat(limits.wecom.customer_group_gather_at)
    today = datetime.combine(at.date(), hour, at.tzinfo)
    return today if today > at else today + timedelta(days=1)


def bundles(shipments: Iterable[Shipment], text_bytes: int) -> list[list[Shipment]]:
    """What one post to one group holds: those that can wait together, each other alone."""
    found: list[list[Shipment]] = []
    open_ones: dict[str, list[Shipment]] = {}
    for shipment in shipments:
        bundle = open_ones.get(shipment.target)
        waits = _may_wait(shipment.channel, shipment.payload)
        if waits and bundle is not None and _fits([*bundle, shipment], text_bytes):
            bundle.append(shipment)
            continue
        found.append([shipment])
        if waits:
            open_ones[shipment.target] = found[-1]
    return found


def text_of(bundle: Sequence[Shipment]) -> str:
    """The words of the one post, each notice whole."""
    texts = [str(shipment.payload["text"]) for shipment in bundle]
    if len(texts) == 1:
        return texts[0]
    return BETWEEN.join([ABOVE.format(count=len(texts)), *texts])


def followers(shipments: Sequence[Shipment], text_bytes: int) -> dict[int, int]:
    """Which shipments ride in the post of another one, and so cost no quota of their own."""
    posts = [s for s in shipments if s.channel == Channel.WECOM_CUSTOMER_GROUP]
    return {one.id: bundle[0].id for bundle in bundles(posts, text_bytes) for one in bundle[1:]}


def _may_wait(channel: str, payload: dict[str, object]) -> bool:
    return channel == Channel.WECOM_CUSTOMER_GROUP and bool(payload.get(MAY_WAIT))


def _fits(bundle: Sequence[Shipment], text_bytes: int) -> bool:
    return len(text_of(bundle).encode()) <= text_bytes
