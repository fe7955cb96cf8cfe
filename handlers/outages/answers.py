"""What is said about the outages of a place; nothing here is personal."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from handlers.desk import Desk
from handlers.outages import queries, rules, wording
from handlers.outages.models import Kind, Outage, OutageState

SOON_DAYS = 7
MOST_LISTED = 4


def now_off(desk: Desk, outage: Outage, community_code: str) -> str:
    """An outage that is on: where, why, until when."""
    where = place_of(desk, outage, community_code)
    lines = [
        f"{where}正在停电（{rules.KIND_WORDS[outage.kind]}），{wording.until(outage, desk.now)}。",
        f"原因：{wording.reason(outage)}。",
    ]
    if outage.kind != Kind.FAULT:
        lines[0] = f"{lines[0][:-1]}。时间：{wording.window(outage.starts_at, outage.ends_at)}。"
    return "\n".join(lines)


def listed(desk: Desk, outages: Sequence[Outage], community_code: str) -> str:
    """Coming outages, a line each."""
    lines = [
        f"{wording.window(o.starts_at, o.ends_at)}，{place_of(desk, o, community_code)}，"
        f"{rules.KIND_WORDS[o.kind]}：{wording.reason(o)}"
        for o in outages[:MOST_LISTED]
    ]
    if len(outages) > MOST_LISTED:
        lines.append(f"还有{len(outages) - MOST_LISTED}次，点链接看全部。")
    return "\n".join(lines)


def soon(desk: Desk, community_code: str, building: str, *, days: int = SOON_DAYS) -> list[Outage]:
    """Those that begin within the days."""
    until = desk.now + timedelta(days=days)
    found = queries.upcoming(
        desk.session, [community_code], until, after=desk.now, building=building
    )
    return [outage for outage in found if outage.starts_at > desk.now]


def on_day(desk: Desk, community_code: str, building: str, day: date) -> list[Outage]:
    begins = datetime.combine(day, datetime.min.time(), desk.now.tzinfo)
    found = queries.upcoming(
        desk.session,
        [community_code],
        begins + timedelta(days=1),
        after=max(begins, desk.now),
        building=building,
    )
    return [outage for outage in found if not _has_lapsed(outage, desk.now)]


def place_of(desk: Desk, outage: Outage, community_code: str) -> str:
    """The community with the buildings that are hit, as residents call them."""
    codes = [area.area_code for area in outage.areas]
    touched = wording.affected(desk.session, codes, [community_code])
    return touched[0].text if touched else wording.area_names(desk.session, codes)


def is_partial(desk: Desk, outage: Outage, community_code: str) -> bool:
    """Whether only some buildings of the community are hit."""
    codes = [area.area_code for area in outage.areas]
    return any(p.buildings for p in wording.affected(desk.session, codes, [community_code]))


def _has_lapsed(outage: Outage, now: datetime) -> bool:
    return outage.state == OutageState.UNDER_WAY and outage.ends_at <= now
