"""How times, places and reasons of outages are written for people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.grid.models import Community, CommunityArea, CommunityKind, TransformerArea
from handlers.outages.models import Kind, Outage

DAYS = "一二三四五六日"
UNITS = {CommunityKind.VILLAGE: "组", CommunityKind.STREET: "号"}
MANY_PLACES = 6
NO_REASON = {
    Kind.PLANNED: "线路设备检修",
    Kind.TEMPORARY: "线路设备消缺",
    Kind.FAULT: "线路设备故障，正在抢修",
    Kind.RESTRICTION: "供电能力不足",
}


@dataclass(frozen=True, slots=True)
class Affected:
    """A community that an outage touches; `units` is empty where all of it is."""

    community_code: str
    name: str
    units: str
    buildings: tuple[str, ...]

    @property
    def text(self) -> str:
        return f"{self.name}{self.units}"


def day(moment: datetime) -> str:
    return f"{moment.month}月{moment.day}日（周{DAYS[moment.weekday()]}）"


def window(starts_at: datetime, ends_at: datetime) -> str:
    """`11月26日（周四）08:30到16:30`, with the second day where it is another."""
    end = f"{ends_at:%H:%M}"
    if ends_at.date() != starts_at.date():
        end = f"{ends_at.month}月{ends_at.day}日{end}"
    return f"{day(starts_at)}{starts_at:%H:%M}到{end}"


def until(outage: Outage, now: datetime) -> str:
    """When power is expected back, said as an estimate and as of when where it is one."""
    day_word = "" if outage.ends_at.date() == now.date() else day(outage.ends_at)
    text = f"预计{day_word}{outage.ends_at:%H:%M}恢复供电"
    if outage.estimate_as_of is not None:
        text += f"（截至{outage.estimate_as_of:%H:%M}）"
    if outage.ends_at <= now:
        text = f"原定{day_word}{outage.ends_at:%H:%M}恢复，现场还没报送电，我们正在催问"
    return text


def reason(outage: Outage) -> str:
    return outage.reason or NO_REASON[Kind(outage.kind)]


def affected(
    session: Session, area_codes: Sequence[str], community_codes: Iterable[str] | None = None
) -> list[Affected]:
    """The communities of some areas by the names residents use, with the buildings that are hit."""
    query = (
        sa.select(CommunityArea, Community)
        .join(Community, Community.community_code == CommunityArea.community_code)
        .order_by(Community.community_code, CommunityArea.area_code)
    )
    hit = sa.select(CommunityArea.community_code).where(CommunityArea.area_code.in_(area_codes))
    rows: dict[str, list[tuple[CommunityArea, Community]]] = {}
    for link, community in session.execute(query.where(Community.community_code.in_(hit))):
        rows.setdefault(community.community_code, []).append((link, community))
    wanted = None if community_codes is None else set(community_codes)
    return [
        _affected(links, set(area_codes))
        for code, links in rows.items()
        if wanted is None or code in wanted
    ]


def _affected(links: list[tuple[CommunityArea, Community]], area_codes: set[str]) -> Affected:
    community = links[0][1]
    hit = [link for link, _ in links if link.area_code in area_codes]
    is_whole = len(hit) == len(links) or any(not link.buildings for link in hit)
    buildings = () if is_whole else tuple(b for link in hit for b in link.buildings)
    unit = UNITS.get(CommunityKind(community.kind), "栋")
    units = "" if is_whole else _units(buildings, unit)
    return Affected(community.community_code, community.name, units, buildings)


def _units(buildings: Sequence[str], unit: str) -> str:
    """`1-6栋、8栋`: neighbouring numbers as ranges, what is no number after them."""
    numbers = sorted({int(b) for b in buildings if b.isdecimal()})
    parts: list[str] = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        parts.append(str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}")
    parts += sorted({b for b in buildings if not b.isdecimal()})
    return "、".join(f"{part}{unit}" for part in parts)


def home(community: Community, building: str) -> str:
    """One building as residents call it; an institution goes by its name."""
    if not building or community.kind == CommunityKind.INSTITUTION:
        return community.name
    return f"{community.name}{building}{UNITS.get(CommunityKind(community.kind), '栋')}"


def places(touched: Sequence[Affected]) -> str:
    """All places in one line."""
    return "；".join(place.text for place in touched)


def short_places(touched: Sequence[Affected]) -> str:
    """The first places, and how many more there are."""
    if len(touched) <= MANY_PLACES:
        return places(touched)
    return f"{places(touched[:MANY_PLACES])}等{len(touched)}处"


def area_names(session: Session, area_codes: Sequence[str]) -> str:
    query = sa.select(TransformerArea.name).where(TransformerArea.area_code.in_(area_codes))
    return "、".join(session.scalars(query.order_by(TransformerArea.area_code)))
