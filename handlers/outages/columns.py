"""The columns of outages.csv as the API, the console and the import hand them in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from config.clock import CHINA
from handlers.errors import DomainError
from handlers.outages.models import Kind, Outage
from handlers.outages.targeting import codes

MAX_WORDS = 500
MAX_CODE = 40
TEXTS = ("reason", "slot_reason", "late_reason", "waiver")


@dataclass(frozen=True, slots=True)
class Columns:
    """One outage as it is asked for; `area_codes` as they were given, doubles included."""

    kind: Kind
    area_codes: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    reason: str = ""
    slot_reason: str = ""
    late_reason: str = ""
    waiver: str = ""
    outage_code: str = ""


def parse(raw: Mapping[str, Any]) -> Columns:
    """Read all columns; raises DomainError naming the column and how to mend it."""
    return Columns(
        kind=_kind(raw.get("kind")),
        area_codes=_area_codes(raw.get("area_codes")),
        starts_at=_moment(raw.get("starts_at"), "starts_at", "停电开始时间"),
        ends_at=_moment(raw.get("ends_at"), "ends_at", "预计送电时间"),
        outage_code=_text(raw.get("outage_code"), "outage_code")[:MAX_CODE],
        **{name: _text(raw.get(name), name) for name in TEXTS},
    )


def changed(base: Columns, raw: Mapping[str, Any]) -> Columns:
    """The columns with the given ones replaced; what is not given stays."""
    given = {name: value for name, value in raw.items() if value is not None}
    result = base
    if "kind" in given:
        result = replace(result, kind=_kind(given["kind"]))
    if "area_codes" in given:
        result = replace(result, area_codes=_area_codes(given["area_codes"]))
    if "starts_at" in given:
        result = replace(result, starts_at=_moment(given["starts_at"], "starts_at", "停电开始时间"))
    if "ends_at" in given:
        result = replace(result, ends_at=_moment(given["ends_at"], "ends_at", "预计送电时间"))
    texts = {name: _text(given[name], name) for name in TEXTS if name in given}
    return replace(result, **texts)  # type: ignore[arg-type]


def of(outage: Outage) -> Columns:
    """The columns an outage now has."""
    return Columns(
        kind=Kind(outage.kind),
        area_codes=tuple(codes(outage)),
        starts_at=outage.starts_at,
        ends_at=outage.ends_at,
        reason=outage.reason,
        slot_reason=outage.slot_reason,
        late_reason=outage.late_reason,
        waiver=outage.waiver,
        outage_code=outage.outage_code,
    )


def _kind(value: Any) -> Kind:
    try:
        return Kind(str(value or "").strip())
    except ValueError as error:
        raise DomainError(
            "停电类型要写 planned（计划）、temporary（临时）、fault（故障）或 restriction（限电）。",
            field="kind",
        ) from error


def _area_codes(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.replace("；", ";").split(";")
    if value is None:
        return ()
    if not isinstance(value, Sequence) or not all(isinstance(code, str) for code in value):
        raise DomainError("台区编号要写成一列文字，例如 TQ0001、TQ0002。", field="area_codes")
    return tuple(code.strip() for code in value if code.strip())


def _moment(value: Any, field: str, name: str) -> datetime:
    moment = value
    if isinstance(value, str) and value.strip():
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError as error:
            raise DomainError(
                f"{name}看不懂，请写成 2026-11-26T08:30:00+08:00 这样。", field=field
            ) from error
    if not isinstance(moment, datetime):
        raise DomainError(f"请写上{name}，例如 2026-11-26T08:30:00+08:00。", field=field)
    return moment.replace(tzinfo=CHINA) if moment.tzinfo is None else moment.astimezone(CHINA)


def _text(value: Any, field: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise DomainError("这一项要写成文字。", field=field)
    text = value.strip()
    if len(text) > MAX_WORDS:
        raise DomainError(f"这一项太长了，请缩到{MAX_WORDS}字以内。", field=field)
    return text
