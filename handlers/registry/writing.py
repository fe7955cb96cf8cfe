"""Write rows by key in bulk: new ones in, changed ones over, absent ones left alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.database import Base
from handlers.grid.models import CommunityAlias
from handlers.outages.imports import DECIDED
from handlers.outages.models import Outage
from handlers.registry.existing import MODELS, Stored, stored_columns
from handlers.registry.report import FileChange
from handlers.registry.shapes import SHAPES, Row

Record = dict[str, Any]
MAX_SHOWN = 40


@dataclass(slots=True)
class Plan:
    """What an import will do to one table."""

    added: list[Record] = field(default_factory=list)
    changed: list[Record] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    unchanged: int = 0

    def take(self, record: Record, before: Mapping[str, Any] | None, label: str) -> None:
        """Sort a record in: new, changed (only `label` and columns are told), or the same."""
        if before is None:
            self.added.append(record)
            return
        changed = [name for name, value in record.items() if before.get(name) != value]
        if not changed:
            self.unchanged += 1
            return
        self.changed.append(record)
        self.details.append(f"{label}：{'、'.join(changed)}")

    def as_change(self, file: str) -> FileChange:
        return FileChange(
            file, len(self.added), len(self.changed), self.unchanged, tuple(self.details)
        )


def plan(file: str, rows: Iterable[Row], stored: Stored) -> Plan:
    """The plan for a file that says who serves what; each change as old and new value."""
    shape, columns = SHAPES[file], stored_columns(file)
    result = Plan()
    for row in rows:
        key = row.key(shape) or ()
        before = stored.get(key)
        changed = _differences(row, before) if before is not None else []
        record = {stored_name: row.values[name] for name, stored_name in columns.items()}
        if before is None:
            result.added.append(record)
        elif changed:
            result.changed.append(record)
            result.details.append(f"{' '.join(map(str, key))}：{'；'.join(changed)}")
        else:
            result.unchanged += 1
    return result


def plan_outages(session: Session, rows: Iterable[Row]) -> Plan:
    """Compare with what is known of each outage; the outages themselves do the writing.

    What people ended or cancelled here is not undone by its row.
    """
    known = list(session.scalars(sa.select(Outage)))
    decided = {outage.outage_code for outage in known if outage.state in DECIDED}
    stored = {
        outage.outage_code: {
            "outage_code": outage.outage_code,
            "kind": outage.kind,
            "area_codes": sorted(area.area_code for area in outage.areas),
            "starts_at": outage.starts_at,
            "ends_at": outage.ends_at,
            "reason": outage.reason,
            "slot_reason": outage.slot_reason,
        }
        for outage in known
    }
    result = Plan()
    for row in rows:
        record = dict(row.values) | {"area_codes": sorted(row.values["area_codes"])}
        code = row.values["outage_code"]
        if code in decided:
            result.unchanged += 1
        else:
            result.take(record, stored.get(code), code)
    return result


def _differences(row: Row, before: Mapping[str, Any]) -> list[str]:
    found = []
    for name, value in row.values.items():
        if name == "buildings":
            continue  # its text beside it is told
        if name == "aliases":
            is_same = set(value) - set(before["learned"]) == set(before[name])
        else:
            is_same = before[name] == value
        if not is_same:
            found.append(f"{name} {_shown(before[name])} → {_shown(value)}")
    return found


def _shown(value: Any) -> str:
    text = ";".join(map(str, value)) if isinstance(value, list) else str(value)
    return "（空）" if value in (None, "", []) else text[:MAX_SHOWN]


def write(session: Session, model: type[Base], planned: Plan) -> None:
    """Insert and update in bulk."""
    if planned.added:
        session.execute(sa.insert(model), planned.added)
    if planned.changed:
        session.execute(sa.update(model), planned.changed)


def write_file(session: Session, file: str, planned: Plan) -> None:
    write(session, MODELS[file], planned)


def write_aliases(session: Session, rows: Iterable[Row]) -> None:
    """The aliases of each community as its row has them; learned ones stay."""
    wanted = {(row.values["community_code"], a) for row in rows for a in row.values["aliases"]}
    codes = {row.values["community_code"] for row in rows}
    query = sa.select(
        CommunityAlias.community_code, CommunityAlias.alias, CommunityAlias.is_learned
    )
    there = {(code, alias): learned for code, alias, learned in session.execute(query)}
    for (code, alias), is_learned in there.items():
        if code in codes and not is_learned and (code, alias) not in wanted:
            session.execute(
                sa.delete(CommunityAlias).where(
                    CommunityAlias.community_code == code, CommunityAlias.alias == alias
                )
            )
    new = [{"community_code": code, "alias": alias} for code, alias in sorted(wanted - set(there))]
    if new:
        session.execute(sa.insert(CommunityAlias), new)
