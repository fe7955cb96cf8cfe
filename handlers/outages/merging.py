"""Put works into one outage, so that people are off once instead of twice."""

from handlers.desk import Desk
from handlers.errors import DomainError, StateConflictError
from handlers.outages import columns, rules, service
from handlers.outages.models import Outage


def merge(desk: Desk, outage: Outage, *, into: Outage, by: str) -> list[str]:
    """Add a draft's areas, time and work to another outage and drop the draft.

    The other one may be published already: then the change is told. Returns its warnings.
    """
    if outage.id == into.id:
        raise DomainError("不能和自己合并，请选另一次停电。", field="into")
    if outage.state not in rules.DRAFTED:
        raise StateConflictError("已经发布的不能并走，请把还是草稿的并进来。", field="state")
    mine, other = columns.of(outage), columns.of(into)
    raw = {
        "area_codes": sorted({*mine.area_codes, *other.area_codes}),
        "starts_at": min(mine.starts_at, other.starts_at),
        "ends_at": max(mine.ends_at, other.ends_at),
        "reason": "；".join(dict.fromkeys(filter(None, (other.reason, mine.reason)))),
    }
    warnings = service.change(desk, into, raw, by=by)
    service.cancel(desk, outage, by=by, reason=f"并入 {into.outage_code}")
    return warnings
