"""For whom an event or a poll is: communities of the station that asks, or whole grids of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid.models import Community, CommunityArea, Grid, TransformerArea

NOWHERE = "请选小区或网格，一个就行。"
TOO_LONG = "{what}最多 {most} 个字，现在有 {has} 个。"
MISSING = "请写上{what}。"


@dataclass(frozen=True, slots=True)
class Asked:
    """Codes of communities, and of grids that stand for all of theirs."""

    communities: Sequence[str] = ()
    grids: Sequence[str] = ()


def places_of(session: Session, station_code: str) -> dict[str, list[tuple[str, str]]]:
    """The communities of each grid of a station: grid → (code, name); keys are `code name`."""
    query = (
        sa.select(Grid.grid_code, Grid.name, Community.community_code, Community.name)
        .join(TransformerArea, TransformerArea.grid_code == Grid.grid_code)
        .join(CommunityArea, CommunityArea.area_code == TransformerArea.area_code)
        .join(Community, Community.community_code == CommunityArea.community_code)
        .where(Grid.station_code == station_code)
        .distinct()
        .order_by(Grid.grid_code, Community.community_code)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for grid_code, name, code, community in session.execute(query):
        found.setdefault(f"{grid_code} {name}", []).append((code, community))
    return found


def chosen(desk: Desk, station_code: str, asked: Asked) -> list[str]:
    """The communities meant, all of the station; raises DomainError for none or another's."""
    codes, grids = asked.communities, asked.grids
    places = places_of(desk.session, station_code)
    mine = {code: name for rows in places.values() for code, name in rows}
    wanted = [code for key, rows in places.items() if key.split()[0] in grids for code, _ in rows]
    wanted += [code for code in codes if code in mine]
    if not wanted or set(codes) - set(mine) or set(grids) - {key.split()[0] for key in places}:
        raise DomainError(NOWHERE, field="communities")
    return list(dict.fromkeys(wanted))


def names(session: Session, codes: Sequence[str]) -> list[str]:
    """The communities' names, in the order of their codes."""
    query = sa.select(Community.name).where(Community.community_code.in_(codes))
    return list(session.scalars(query.order_by(Community.community_code)))


def text(value: str, what: str, most: int, field: str) -> str:
    """A text that is there and not too long; raises DomainError."""
    words = value.strip()
    if not words:
        raise DomainError(MISSING.format(what=what), field=field)
    if len(words) > most:
        raise DomainError(TOO_LONG.format(what=what, most=most, has=len(words)), field=field)
    return words


def later(moment: datetime, than: datetime, words: str, field: str) -> datetime:
    """A moment after another; raises DomainError with these words."""
    if moment <= than:
        raise DomainError(words, field=field)
    return moment


def number_of(scene: str, prefix: str) -> int | None:
    """The number in a QR code's scene of a kind; None for any other text, however long."""
    found = re.fullmatch(re.escape(prefix) + r"([0-9]{1,18})", scene)
    return int(found[1]) if found else None
