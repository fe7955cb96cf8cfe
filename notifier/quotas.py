"""The ledger of the platforms' quotas: what a message needs is reserved before it is sent.

Rates are kept over sliding spans in steps of a twelfth, because WeCom does not say whether its
minute slides, and silently drops what is too much for a member (PLATFORMS.md 3.6).
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config.channels import Channels
from config.clock import china
from notifier.locks import exclusive
from notifier.models import Channel, QuotaUse
from notifier.shipments import Shipment

STEPS = 12
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KEPT = timedelta(days=8)  # a week is named by its Monday
USED_UP = "the platform's quota is used up until then"


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `limit` of `key` in any `span`; without a span, in the calendar's `period`."""

    key: str
    limit: int
    span: timedelta | None = None
    period: str = ""


def needed(shipment: Shipment, limits: Channels, now: datetime) -> list[Quota]:
    """The quotas a message takes one of."""
    wecom, target = limits.wecom, shipment.target
    match shipment.channel:
        case Channel.WECOM_WEBHOOK:
            return [Quota(f"webhook:{target}", wecom.webhook_per_minute, MINUTE)]
        case Channel.WECOM_APP:
            return [
                Quota(f"member:{target}", wecom.member_per_minute, MINUTE),
                Quota(f"member_hour:{target}", wecom.member_per_hour, HOUR),
            ]
        case Channel.WECOM_CUSTOMER_GROUP:
            return [group_posts(limits, target, now)]
        case Channel.OFFICIAL_ACCOUNT if not shipment.as_customer_service:
            return [templates(limits)]
        case _:
            return []


def group_posts(limits: Channels, target: str, now: datetime) -> Quota:
    """What a customer group may be sent in the period of a moment, by the corporation's rule."""
    wecom, at = limits.wecom, china(now)
    own = {"day": 1, "week": 7, "month": monthrange(at.year, at.month)[1]}
    period = wecom.customer_group_period
    return Quota(f"group:{target}", wecom.customer_group_per_period or own[period], period=period)


def templates(limits: Channels) -> Quota:
    """What the Official Account may send as templates in a day."""
    return Quota("template", limits.official_account.templates_per_day, period="day")


def usage(session: Session, wanted: Iterable[Quota], now: datetime) -> dict[str, int]:
    """How much of each quota is used now, by key."""
    keyed = {quota.key: quota for quota in wanted}
    return {key: sum(windows.values()) for key, windows in _used(session, keyed, now).items()}


def groups_used_up(session: Session, limits: Channels, now: datetime) -> int:
    """How many customer groups may be sent nothing more in this period."""
    quota = group_posts(limits, "", now)
    query = sa.select(sa.func.count()).where(
        QuotaUse.key.startswith(quota.key),
        QuotaUse.window == _window(quota, now),
        QuotaUse.used >= quota.limit,
    )
    return session.scalar(query) or 0


def reserve(
    session: Session, wanted: Iterable[tuple[int, list[Quota]]], now: datetime
) -> dict[int, datetime]:
    """Take the quotas of messages in order; returns when those that got none may try again."""
    wants = [(number, quotas) for number, quotas in wanted if quotas]
    if not wants:
        return {}
    exclusive(session, "quotas")
    quotas = {quota.key: quota for _, each in wants for quota in each}
    used = _used(session, quotas, now)
    taken: dict[str, int] = defaultdict(int)
    later: dict[int, datetime] = {}
    for number, each in wants:
        full = [q for q in each if sum(used[q.key].values()) + taken[q.key] >= q.limit]
        if full:
            later[number] = max(_free_at(quota, used[quota.key], now) for quota in full)
            continue
        for quota in each:
            taken[quota.key] += 1
    _add(session, [(quotas[key], count) for key, count in taken.items() if count], now)
    return later


def spend(session: Session, quota: Quota, count: int, now: datetime) -> None:
    """Write down what was used without having been reserved."""
    exclusive(session, "quotas")
    _add(session, [(quota, count)] if count else [], now)


def count(session: Session, key: str) -> int:
    """How much of a key was used in all the windows that are kept."""
    total = sa.select(sa.func.coalesce(sa.func.sum(QuotaUse.used), 0)).where(QuotaUse.key == key)
    return session.scalar(total) or 0


def prune(session: Session, now: datetime) -> int:
    """Forget rates of days ago; a month's count is kept until the month after next."""
    rates = sa.and_(
        sa.func.length(QuotaUse.window) > len("2026-11"), QuotaUse.window < _name(now - KEPT)
    )
    months = QuotaUse.window < f"{now - timedelta(days=62):%Y-%m}"
    gone = session.execute(sa.delete(QuotaUse).where(rates | months).returning(QuotaUse.key))
    return len(gone.all())


def _used(
    session: Session, quotas: Mapping[str, Quota], now: datetime
) -> dict[str, dict[str, int]]:
    used: dict[str, dict[str, int]] = {key: {} for key in quotas}
    for row in session.scalars(sa.select(QuotaUse).where(QuotaUse.key.in_(sorted(quotas)))):
        if row.window >= _first_window(quotas[row.key], now):
            used[row.key][row.window] = row.used
    return used


def _add(session: Session, counts: list[tuple[Quota, int]], now: datetime) -> None:
    if not counts:
        return
    rows = [{"key": q.key, "window": _window(q, now), "used": count} for q, count in counts]
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(QuotaUse).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["key", "window"],
            set_={"used": QuotaUse.used + statement.excluded.used},
        )
    )


def _window(quota: Quota, now: datetime) -> str:
    """The step of a span, or the day, week (by its Monday) or month, that `now` is in."""
    if quota.span is None:
        return window_of(quota.period, now)
    return _name(_step_start(quota.span, now))


def window_of(period: str, now: datetime) -> str:
    """The name of a calendar period; names sort by time."""
    at = china(now)
    if period == "month":
        return f"{at:%Y-%m}"
    return f"{at - timedelta(days=at.weekday()) if period == 'week' else at:%Y-%m-%d}"


def _first_window(quota: Quota, now: datetime) -> str:
    if quota.span is None:
        return _window(quota, now)
    return _name(_step_start(quota.span, now) - quota.span)


def _step_start(span: timedelta, now: datetime) -> datetime:
    step = span.total_seconds() / STEPS
    return datetime.fromtimestamp(now.timestamp() // step * step, now.tzinfo)


def _name(moment: datetime) -> str:
    return f"{china(moment):%Y-%m-%dT%H:%M:%S}"


def _free_at(quota: Quota, used: Mapping[str, int], now: datetime) -> datetime:
    """When a day or month ends, or the oldest step leaves the span."""
    at = china(now)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if quota.span is None:
        if quota.period == "day":
            return midnight + timedelta(days=1)
        if quota.period == "week":
            return midnight + timedelta(days=7 - at.weekday())
        return midnight.replace(day=1) + timedelta(days=monthrange(at.year, at.month)[1])
    step = quota.span / STEPS
    oldest = min((datetime.fromisoformat(name) for name in used), default=at.replace(tzinfo=None))
    freed = oldest.replace(tzinfo=at.tzinfo) + quota.span + step
    return max(freed, at + timedelta(seconds=1))
