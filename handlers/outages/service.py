"""What is done to an outage, one verb each; all that follows is in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from handlers.desk import Desk
from handlers.errors import DomainError, NotFoundError, StateConflictError
from handlers.outages import checks, columns, coverage, notices, phoning, rules
from handlers.outages.columns import Columns
from handlers.outages.events import (
    OutageCancelled,
    OutageChanged,
    OutagePublished,
    OutageRestored,
    OutageStarted,
)
from handlers.outages.models import (
    Kind,
    Outage,
    OutageArea,
    OutageEvent,
    OutageState,
    OutageSubscriber,
    Step,
)

TRIES = 5


def get(desk: Desk, code: str, *, lock: bool = True) -> Outage:
    """The outage of a code, locked for this transaction; raises NotFoundError."""
    query = sa.select(Outage).where(Outage.outage_code == code.strip())
    if lock:
        query = query.with_for_update(of=Outage)
    outage = desk.session.scalar(query)
    if outage is None:
        raise NotFoundError(f"没有停电 {code}，请核对编号。", field="outage_code")
    return outage


def draft(desk: Desk, raw: Mapping[str, Any], *, by: str) -> tuple[Outage, list[str]]:
    """Write an outage down without telling anyone; returns it and what to think about."""
    asked = columns.parse(raw)
    warnings = checks.check(desk, asked)
    outage = add(desk, asked, by=by)
    record(desk, outage, "drafted", by=by, facts={"warnings": warnings})
    return outage, warnings


def submit(desk: Desk, outage: Outage, *, by: str) -> None:
    """Hand a draft to whoever reviews it."""
    _require(outage, {OutageState.DRAFT}, "只有草稿能提交审核")
    outage.state = OutageState.IN_REVIEW
    record(desk, outage, "submitted", by=by)


def approve(desk: Desk, outage: Outage, *, by: str) -> None:
    """The second pair of eyes; who approves cannot be the one who publishes."""
    _require(outage, rules.DRAFTED, "只有还没发布的停电能审核")
    outage.state, outage.approved_by = OutageState.IN_REVIEW, by
    record(desk, outage, "approved", by=by)


def publish(desk: Desk, outage: Outage, *, by: str) -> list[str]:
    """Tell everyone, or nobody where anything is missing; returns the warnings."""
    _require(outage, rules.DRAFTED, "只有还没发布的停电能发布")
    asked = columns.of(outage)
    warnings = checks.check(desk, asked, known=outage)
    _require_approval(desk, outage, asked, by)
    unsendable = coverage.unsendable(desk, outage)
    outage.state, outage.published_by, outage.published_at = OutageState.PUBLISHED, by, desk.now
    outage.estimate_as_of = desk.now if outage.kind == Kind.FAULT else None
    facts = {"ends_at": outage.ends_at.isoformat(), "warnings": warnings}
    record(desk, outage, "published", by=by, facts=facts)
    phoning.call_sensitive(desk, outage)
    coverage.visit_tasks(desk, outage, unsendable)
    notices.begin(desk, outage, Step.PUBLICATION)
    notices.schedule(desk, outage)
    desk.record(OutagePublished(outage.id))
    if outage.starts_at <= desk.now:
        start(desk, outage)
    return warnings


def change(desk: Desk, outage: Outage, raw: Mapping[str, Any], *, by: str) -> list[str]:
    """New columns: of a draft quietly, of a published outage with word to everyone concerned."""
    if outage.state in rules.DRAFTED:
        return _edit(desk, outage, columns.changed(columns.of(outage), raw), by)
    _require(outage, rules.ANNOUNCED, "已经结束的停电不能再改")
    old = columns.of(outage)
    new = columns.changed(old, raw)
    if new.kind != old.kind:
        raise DomainError("发布后不能改停电类型，请取消后重新发布。", field="kind")
    if outage.state == OutageState.UNDER_WAY and new.starts_at > desk.now:
        raise DomainError("已经停电了，开始时间不能改到以后。", field="starts_at")
    if new == old:
        raise DomainError("内容没有变化，不用再发通知。")
    warnings = checks.check(desk, new, known=outage, is_announced=True)
    _require_same_width(desk, old, new)
    apply(outage, new)
    outage.change_count += 1
    if outage.kind == Kind.FAULT or outage.state == OutageState.UNDER_WAY:
        outage.estimate_as_of = desk.now
    action = rules.event_of((old.starts_at, old.ends_at), (new.starts_at, new.ends_at))
    facts = {"sequence": outage.change_count, "before": _told(old), "after": _told(new)}
    record(desk, outage, action, by=by, facts=facts | {"warnings": warnings})
    phoning.call_sensitive(desk, outage)
    notices.supersede(desk, outage)
    notices.begin(desk, outage, Step.CHANGE, outage.change_count)
    notices.schedule(desk, outage)
    desk.record(OutageChanged(outage.id, action))
    if outage.state == OutageState.PUBLISHED and outage.starts_at <= desk.now:
        start(desk, outage)
    return warnings


def cancel(desk: Desk, outage: Outage, *, by: str, reason: str = "") -> None:
    """Call it off; whoever was told hears that power stays on."""
    _require(
        outage,
        rules.DRAFTED | {OutageState.PUBLISHED},
        "已经停电或结束的不能取消，送电请用「送电」",
    )
    was_announced = outage.state == OutageState.PUBLISHED
    outage.state = OutageState.CANCELLED
    record(desk, outage, "cancelled", by=by, facts={"reason": reason})
    if was_announced:
        notices.unschedule(desk, outage)
        notices.supersede(desk, outage)
        notices.begin(desk, outage, Step.CANCELLATION)
        desk.record(OutageCancelled(outage.id))


def restore(desk: Desk, outage: Outage, *, by: str, at: datetime | None = None) -> None:
    """Power is back; everyone is told, and those who waited are asked."""
    moment = at or desk.now
    _require(outage, rules.ANNOUNCED, "只有正在停电的能登记送电")
    if outage.state == OutageState.PUBLISHED and outage.starts_at > desk.now + rules.GRACE:
        raise StateConflictError("还没开始停电，不能登记送电；不停了请用「取消」。")
    if moment > desk.now + rules.GRACE:
        raise DomainError("送电时间不能晚于现在。", field="at")
    if moment < outage.starts_at - rules.GRACE:
        raise DomainError("送电时间不能早于停电开始时间。", field="at")
    if outage.state == OutageState.PUBLISHED:
        start(desk, outage)
    if moment < outage.ends_at and outage.kind in rules.PLANNABLE:
        record(desk, outage, "early", by=by, facts={"planned_end": outage.ends_at.isoformat()})
    outage.state, outage.restored_at = OutageState.RESTORED, moment
    facts = {"at": moment.isoformat(), "ends_at": outage.ends_at.isoformat()}
    record(desk, outage, "restored", by=by, facts=facts)
    notices.unschedule(desk, outage)
    notices.supersede(desk, outage)
    notices.begin(desk, outage, Step.RESTORATION)
    desk.record(OutageRestored(outage.id))


def start(desk: Desk, outage: Outage, *, by: str = "system") -> None:
    """The power goes off, as published."""
    outage.state = OutageState.UNDER_WAY
    record(desk, outage, "started", by=by)
    desk.record(OutageStarted(outage.id))


def subscribe(
    desk: Desk, outage: Outage, openid: str, *, community_code: str | None, building: str = ""
) -> bool:
    """Tell this resident how it goes on and of its end; False where that was known."""
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


def add(desk: Desk, asked: Columns, *, by: str) -> Outage:
    """A new row; with no code given the next of its day, also when two are made at once."""
    if asked.outage_code:
        if desk.session.scalar(sa.select(Outage.id).where(Outage.outage_code == asked.outage_code)):
            raise StateConflictError(
                f"编号 {asked.outage_code} 已经有了，请换一个，或不写编号由系统编。",
                field="outage_code",
            )
        return insert(desk, asked, asked.outage_code, by)
    for _ in range(TRIES):
        try:
            with desk.session.begin_nested():
                return insert(desk, asked, _next_code(desk, asked.starts_at), by)
        except IntegrityError:
            continue  # another process took the number between look and insert
    raise StateConflictError("同时登记的停电太多，请再试一次。")


def record(
    desk: Desk, outage: Outage, action: str, *, by: str, facts: dict[str, Any] | None = None
) -> None:
    """One line of the history."""
    desk.session.add(
        OutageEvent(outage_id=outage.id, at=desk.now, action=action, by=by, facts=facts or {})
    )
    desk.session.flush()


def _edit(desk: Desk, outage: Outage, new: Columns, by: str) -> list[str]:
    """A changed draft must be looked at again."""
    warnings = checks.check(desk, new, known=outage)
    apply(outage, new)
    outage.approved_by = ""
    record(desk, outage, "edited", by=by, facts={"warnings": warnings})
    return warnings


def insert(desk: Desk, asked: Columns, code: str, by: str) -> Outage:
    """A new row under a code that is free."""
    outage = Outage(outage_code=code, state=OutageState.DRAFT, created_by=by, created_at=desk.now)
    apply(outage, asked)
    desk.session.add(outage)
    desk.session.flush()
    return outage


def apply(outage: Outage, asked: Columns) -> None:
    """Write the columns into the row."""
    outage.kind = asked.kind
    outage.starts_at, outage.ends_at = asked.starts_at, asked.ends_at
    outage.reason, outage.slot_reason = asked.reason, asked.slot_reason
    outage.late_reason, outage.waiver = asked.late_reason, asked.waiver
    wanted = set(asked.area_codes)
    kept = [area for area in outage.areas if area.area_code in wanted]
    new = wanted - {area.area_code for area in kept}
    outage.areas = kept + [OutageArea(area_code=code) for code in sorted(new)]


def _next_code(desk: Desk, starts_at: datetime) -> str:
    prefix = rules.code_for(starts_at, 0)[:-2]
    taken = desk.session.scalars(
        sa.select(Outage.outage_code).where(Outage.outage_code.startswith(prefix))
    )
    numbers = [int(tail) for code in taken if (tail := code.removeprefix(prefix)).isdecimal()]
    return rules.code_for(starts_at, max(numbers, default=0) + 1)


def _told(asked: Columns) -> dict[str, Any]:
    return {
        "starts_at": asked.starts_at.isoformat(),
        "ends_at": asked.ends_at.isoformat(),
        "area_codes": list(asked.area_codes),
        "reason": asked.reason,
    }


def _require(outage: Outage, states: set[OutageState] | frozenset[OutageState], text: str) -> None:
    if outage.state not in states:
        raise StateConflictError(
            f"{text}，{outage.outage_code} 现在是{rules.STATE_WORDS[outage.state]}。", field="state"
        )


def _require_approval(desk: Desk, outage: Outage, asked: Columns, by: str) -> None:
    if not checks.is_wide(desk, asked):
        return
    limit = desk.tables.outages.wide_households
    if not outage.approved_by:
        raise StateConflictError(f"影响超过{limit}户，发布前要另一个人审核通过。", field="approve")
    if outage.approved_by == by:
        raise StateConflictError(
            f"影响超过{limit}户，审核和发布不能是同一个人，请换人发布。", field="by"
        )


def _require_same_width(desk: Desk, old: Columns, new: Columns) -> None:
    """A change must not become the way around the second pair of eyes."""
    if checks.is_wide(desk, new) and not checks.is_wide(desk, old):
        limit = desk.tables.outages.wide_households
        raise StateConflictError(
            f"改后影响超过{limit}户，要另一个人审核：请把新加的台区另登记一次停电。",
            field="area_codes",
        )
