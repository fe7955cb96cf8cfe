"""What is wrong with an outage as asked for, and what is only worth a warning."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.outages import budget, rules, targeting, wording
from handlers.outages.columns import Columns
from handlers.outages.models import Kind, Outage, OutageArea

MAX_DAYS = 60


def check(
    desk: Desk, asked: Columns, *, known: Outage | None = None, is_announced: bool = False
) -> list[str]:
    """Warnings about an outage; raises DomainError naming the column where it cannot be.

    With `is_announced` it is a change of what people know already: it has no lead time to keep,
    and its start may lie in the past.
    """
    _areas(desk, asked)
    _window(desk, asked, is_announced=is_announced)
    warnings = _overlaps(desk, asked, known)
    if not is_announced:
        _lead_time(desk, asked)
    warnings += _repeats(desk, asked, known)
    return warnings + _advice(desk, asked)


def _areas(desk: Desk, asked: Columns) -> None:
    if not asked.area_codes:
        raise DomainError("请写上停电的台区，至少一个，例如 TQ0001。", field="area_codes")
    doubles = sorted({code for code in asked.area_codes if asked.area_codes.count(code) > 1})
    if doubles:
        raise DomainError(
            f"台区 {'、'.join(doubles)} 写了不止一次，请只留一个。", field="area_codes"
        )
    found = {area.area_code for area in targeting.areas(desk.session, asked.area_codes)}
    missing = [code for code in asked.area_codes if code not in found]
    if missing:
        raise DomainError(
            f"没有台区 {'、'.join(missing)}，请核对编号，或先在档案里导入。", field="area_codes"
        )


def _window(desk: Desk, asked: Columns, *, is_announced: bool) -> None:
    if asked.ends_at <= asked.starts_at:
        raise DomainError("预计送电时间要晚于停电开始时间，请改一下。", field="ends_at")
    if asked.ends_at - asked.starts_at > timedelta(days=MAX_DAYS):
        raise DomainError(f"停电超过{MAX_DAYS}天，请核对起止时间的年月。", field="ends_at")
    if asked.ends_at <= desk.now:
        raise DomainError("预计送电时间已经过了，请写以后的时间。", field="ends_at")
    may_have_begun = is_announced or asked.kind == Kind.FAULT
    if not may_have_begun and asked.starts_at < desk.now - rules.GRACE:
        raise DomainError(
            "停电开始时间已经过了，请写以后的时间；已经停了电的请按故障停电发布。",
            field="starts_at",
        )


def _overlaps(desk: Desk, asked: Columns, known: Outage | None) -> list[str]:
    """Another outage of the same area at the same time: an error in a plan, else a warning."""
    query = (
        sa.select(Outage.outage_code, OutageArea.area_code)
        .join(OutageArea, OutageArea.outage_id == Outage.id)
        .where(
            OutageArea.area_code.in_(asked.area_codes),
            Outage.state.in_(rules.ANNOUNCED),
            Outage.starts_at < asked.ends_at,
            Outage.ends_at > asked.starts_at,
            Outage.id != (known.id if known is not None else 0),
        )
        .order_by(Outage.outage_code)
    )
    found = [f"{code}（台区 {area}）" for code, area in desk.session.execute(query)]
    if not found:
        return []
    text = f"这段时间已有停电 {'、'.join(found)}"
    if asked.kind in rules.PLANNABLE:
        raise DomainError(f"{text}，请错开时间，或把工作并到那一次停电里。", field="starts_at")
    return [f"{text}，发布后住户会收到两份通知。"]


def _lead_time(desk: Desk, asked: Columns) -> None:
    limits = desk.tables.outages
    late = rules.is_late(
        asked.kind,
        asked.starts_at,
        desk.now,
        planned_days=limits.planned_days,
        temporary_hours=limits.temporary_hours,
    )
    if late and not asked.late_reason:
        promised = (
            f"计划停电要提前{limits.planned_days}天"
            if asked.kind == Kind.PLANNED
            else f"临时停电要提前{limits.temporary_hours}小时"
        )
        raise DomainError(f"{promised}，现在晚了，请写明原因（late_reason）。", field="late_reason")


def _repeats(desk: Desk, asked: Columns, known: Outage | None) -> list[str]:
    """The 60-day count of each area; the third needs a waiver, the second is said."""
    limits = desk.tables.outages
    if asked.kind == Kind.RESTRICTION:
        return []
    counts = repeat_counts(desk, asked, known)
    blocked = [code for code, number in counts.items() if number >= limits.repeat_limit]
    if blocked and asked.kind in rules.PLANNABLE and not asked.waiver:
        raise DomainError(
            f"台区 {'、'.join(blocked)} {limits.repeat_days}天内已到第{max(counts.values())}次停电，"
            "请合并工作或改期；必须停的，请写明豁免理由（waiver）。",
            field="waiver",
        )
    return [
        f"台区 {code} {limits.repeat_days}天内第{number}次停电。"
        for code, number in counts.items()
        if number >= limits.repeat_warning
    ]


def repeat_counts(desk: Desk, asked: Columns, known: Outage | None = None) -> dict[str, int]:
    """How many outages each area has within the days, this one included, restrictions not."""
    days = desk.tables.outages.repeat_days
    span = timedelta(days=days)
    query = (
        sa.select(OutageArea.area_code, Outage.starts_at)
        .join(OutageArea, OutageArea.outage_id == Outage.id)
        .where(
            OutageArea.area_code.in_(asked.area_codes),
            Outage.state.in_(rules.COUNTED),
            Outage.kind != Kind.RESTRICTION,
            Outage.starts_at.between(asked.starts_at - span, asked.starts_at + span),
            Outage.id != (known.id if known is not None else 0),
        )
    )
    starts: dict[str, list[datetime]] = {code: [] for code in asked.area_codes}
    for code, start in desk.session.execute(query):
        starts[code].append(start)
    return {code: rules.repeats(asked.starts_at, found, days) for code, found in starts.items()}


def _advice(desk: Desk, asked: Columns) -> list[str]:
    warnings = []
    homes = targeting.households(desk.session, asked.area_codes)
    if asked.kind in rules.PLANNABLE and not asked.slot_reason:
        night = desk.tables.outages.night_households
        warnings.append(rules.slot_advice(asked.starts_at, homes, night))
    fed = {link.area_code for link in targeting.links(desk.session, asked.area_codes)}
    if placeless := [code for code in asked.area_codes if code not in fed]:
        names = wording.area_names(desk.session, placeless)
        warnings.append(f"{names} 没有对应的小区，这里的住户收不到通知，请在档案里补上。")
    warnings += budget.warnings(desk, asked.area_codes)
    return [warning for warning in warnings if warning]


def is_wide(desk: Desk, asked: Columns) -> bool:
    homes = targeting.households(desk.session, asked.area_codes)
    return homes > desk.tables.outages.wide_households
