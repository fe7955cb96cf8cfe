"""outages.csv: history and plan. It announces nothing; what is still to be told is told in time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.outages import columns, notices, service
from handlers.outages.columns import Columns
from handlers.outages.models import Outage, OutageState

BY = "import"
# What people decided here is not undone by importing the plan again.
DECIDED = frozenset({OutageState.RESTORED, OutageState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows were new, changed, and as they were."""

    new: int
    changed: int
    same: int


def read_row(row: Mapping[str, Any]) -> Columns:
    """The columns of a row; raises DomainError naming the column."""
    asked = columns.parse(row)
    if not asked.outage_code:
        raise DomainError("请写上停电编号（outage_code）。", field="outage_code")
    if not asked.area_codes:
        raise DomainError("请写上停电的台区（area_codes）。", field="area_codes")
    if asked.ends_at <= asked.starts_at:
        raise DomainError("结束时间要晚于开始时间。", field="ends_at")
    return asked


def state_at(asked: Columns, now: datetime) -> OutageState:
    """What is over is archived, what runs under way, what is to come published."""
    if asked.ends_at <= now:
        return OutageState.ARCHIVED
    return OutageState.UNDER_WAY if asked.starts_at <= now else OutageState.PUBLISHED


def import_rows(desk: Desk, rows: Iterable[Mapping[str, Any]]) -> Imported:
    """Write the rows by their code; exempt from lead times, with no word to anyone now."""
    asked = [read_row(row) for row in rows]
    known = _known(desk, [one.outage_code for one in asked])
    counts = {"new": 0, "changed": 0, "same": 0}
    for one in asked:
        outage = known.get(one.outage_code)
        if outage is None:
            _add(desk, one)
            counts["new"] += 1
        else:
            counts["changed" if _update(desk, outage, one) else "same"] += 1
    return Imported(**counts)


def _known(desk: Desk, codes: list[str]) -> dict[str, Outage]:
    query = sa.select(Outage).where(Outage.outage_code.in_(codes))
    return {outage.outage_code: outage for outage in desk.session.scalars(query)}


def _add(desk: Desk, asked: Columns) -> None:
    unique = dict.fromkeys(asked.area_codes)
    outage = service.insert(desk, asked, asked.outage_code, BY)
    outage.is_imported, outage.state = True, state_at(asked, desk.now)
    service.record(desk, outage, "imported", by=BY, facts={"areas": list(unique)})
    if outage.state == OutageState.PUBLISHED:
        notices.schedule(desk, outage)


def _update(desk: Desk, outage: Outage, asked: Columns) -> bool:
    """Take over what the row says anew; whether it was anything."""
    old = columns.of(outage)
    if _as_row(old) == _as_row(asked) or outage.state in DECIDED:
        return False
    service.apply(outage, _keeping(asked, old))
    if outage.is_imported:
        outage.state = state_at(asked, desk.now)
    service.record(desk, outage, "imported", by=BY)
    notices.unschedule(desk, outage)
    if outage.state == OutageState.PUBLISHED:
        notices.schedule(desk, outage)
    return True


def _as_row(asked: Columns) -> tuple[Any, ...]:
    return (
        asked.kind,
        tuple(sorted(set(asked.area_codes))),
        asked.starts_at,
        asked.ends_at,
        asked.reason,
        asked.slot_reason,
    )


def _keeping(asked: Columns, old: Columns) -> Columns:
    """The file knows no late reasons and waivers: those given here stay."""
    return columns.changed(asked, {"late_reason": old.late_reason, "waiver": old.waiver})
