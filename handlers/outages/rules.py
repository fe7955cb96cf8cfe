"""Decisions about outages on plain values: lead times, repeats, splits, quiet hours, next states."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from handlers.outages.models import Kind, OutageState

# What is typed in takes minutes to reach us; a limit is not missed by them.
GRACE = timedelta(minutes=5)
NIGHT_ENDS = 6  # 凌晨 is midnight to six
WORKING_HOURS = (8, 18)
ANNOUNCED = frozenset({OutageState.PUBLISHED, OutageState.UNDER_WAY})
COUNTED = frozenset({*ANNOUNCED, OutageState.RESTORED, OutageState.ARCHIVED})
DRAFTED = frozenset({OutageState.DRAFT, OutageState.IN_REVIEW})
PLANNABLE = frozenset({Kind.PLANNED, Kind.TEMPORARY})

STATE_WORDS: dict[str, str] = {
    OutageState.DRAFT: "草稿",
    OutageState.IN_REVIEW: "待审",
    OutageState.PUBLISHED: "已发布",
    OutageState.UNDER_WAY: "停电中",
    OutageState.RESTORED: "已送电",
    OutageState.CANCELLED: "已取消",
    OutageState.ARCHIVED: "已归档",
}
KIND_WORDS: dict[str, str] = {
    Kind.PLANNED: "计划停电",
    Kind.TEMPORARY: "临时停电",
    Kind.FAULT: "故障停电",
    Kind.RESTRICTION: "限电",
}


def is_late(
    kind: str, starts_at: datetime, now: datetime, *, planned_days: int, temporary_hours: int
) -> bool:
    """Whether it is told later than promised: 8 days for planned, 24 hours for temporary."""
    needed = {
        Kind.PLANNED: timedelta(days=planned_days),
        Kind.TEMPORARY: timedelta(hours=temporary_hours),
    }
    lead = needed.get(Kind(kind))
    return lead is not None and starts_at - now < lead - GRACE


def repeats(start: datetime, others: Iterable[datetime], days: int) -> int:
    """The most outages that any `days` long span around `start` holds, itself included."""
    span = timedelta(days=days)
    near = sorted([*(o for o in others if abs(o - start) <= span), start])
    counts = [
        sum(first <= moment <= first + span for moment in near)
        for first in near
        if first <= start <= first + span
    ]
    return max(counts)


def split(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Share a whole number in proportion, equally where all weights are nought, losing none.

    Largest remainders get the rest; ties go by key, so that it is the same each time.
    """
    if not weights:
        return {}
    whole = sum(weights.values())
    parts = weights if whole else dict.fromkeys(weights, 1)
    whole = whole or len(weights)
    shares = {key: total * part // whole for key, part in parts.items()}
    by_remainder = sorted(parts, key=lambda key: (-(total * parts[key] % whole), key))
    for key in by_remainder[: total - sum(shares.values())]:
        shares[key] += 1
    return shares


def is_urgent(kind: str, moments: Iterable[datetime], now: datetime, within_hours: int) -> bool:
    """Whether quiet hours do not hold it: a fault, or what starts, changes or ends soon."""
    span = timedelta(hours=within_hours)
    return kind == Kind.FAULT or any(abs(moment - now) <= span for moment in moments)


def overlap(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two lists of buildings (empty: all) share one."""
    return not one or not other or not set(one).isdisjoint(other)


def slot_advice(starts_at: datetime, households: int, night_households: int) -> str:
    """When it would disturb fewer: many households in the small hours, few in working hours."""
    if households > night_households and starts_at.hour >= NIGHT_ENDS:
        return f"影响{households}户，范围大，建议安排在凌晨（0点到6点）；要安排在别的时段，请写明时段理由。"
    first, last = WORKING_HOURS
    if households <= night_households and not first <= starts_at.hour < last:
        return f"影响{households}户，范围小，建议安排在上班时段（8点到18点）；要安排在别的时段，请写明时段理由。"
    return ""


def event_of(before: tuple[datetime, datetime], after: tuple[datetime, datetime]) -> str:
    """What a change of the window is called: delayed, early or only changed."""
    if after[1] > before[1]:
        return "delayed"
    return "early" if after[1] < before[1] else "changed"


def code_for(starts_at: datetime, number: int) -> str:
    """`TD20261125` and a running number of at least two digits."""
    return f"TD{starts_at:%Y%m%d}{number:02d}"
