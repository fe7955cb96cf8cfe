"""From transformer areas to who lives there: households, groups, bound residents, sensitive ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.customers.models import Binding, Customer, Resident
from handlers.grid import queries as grid
from handlers.grid.models import CommunityArea, CommunityGroup, TransformerArea
from handlers.grid.rules import covers
from handlers.outages.models import Outage, OutageSubscriber
from handlers.outages.rules import overlap, split

NOWHERE = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """The households of one building that one area feeds; building empty where none is known."""

    area_code: str
    community_code: str
    building: str
    households: int


@dataclass(frozen=True, slots=True)
class Bound:
    """A resident's binding to a household within the areas."""

    openid: str
    customer_id: int
    area_code: str
    community_code: str
    building: str


def codes(outage: Outage) -> list[str]:
    return sorted(area.area_code for area in outage.areas)


def areas(session: Session, area_codes: Sequence[str]) -> list[TransformerArea]:
    query = sa.select(TransformerArea).where(TransformerArea.area_code.in_(area_codes))
    return list(session.scalars(query.order_by(TransformerArea.area_code)))


def households(session: Session, area_codes: Sequence[str]) -> int:
    return sum(area.households for area in areas(session, area_codes))


def links(session: Session, area_codes: Sequence[str]) -> list[CommunityArea]:
    query = sa.select(CommunityArea).where(CommunityArea.area_code.in_(area_codes))
    return list(session.scalars(query.order_by(CommunityArea.area_code)))


def cells(session: Session, area_codes: Sequence[str]) -> list[Cell]:
    """Every household of the areas in its community and building.

    An area's households are split over its communities, and there over the buildings, in
    proportion to their rows in customers.csv, equally where there are none (CONTRACT.md, Outage).
    """
    known = _known_rows(session, area_codes)
    fed = links(session, area_codes)
    found: list[Cell] = []
    for area in areas(session, area_codes):
        here = {link.community_code: link for link in fed if link.area_code == area.area_code}
        if not here:
            found.append(Cell(area.area_code, NOWHERE, "", area.households))
            continue
        rows = {code: known.get((area.area_code, code), {}) for code in here}
        weights = {code: sum(counts.values()) for code, counts in rows.items()}
        for code, share in split(area.households, weights).items():
            buildings = rows[code] or dict.fromkeys(here[code].buildings or [""], 0)
            parts = split(share, buildings)
            found += [Cell(area.area_code, code, b, n) for b, n in parts.items() if n]
    return found


def _known_rows(
    session: Session, area_codes: Sequence[str]
) -> dict[tuple[str, str], dict[str, int]]:
    """How many customers each area has in each community and building."""
    query = (
        sa.select(Customer.area_code, Customer.community_code, Customer.building, sa.func.count())
        .where(Customer.area_code.in_(area_codes))
        .group_by(Customer.area_code, Customer.community_code, Customer.building)
    )
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for area_code, community_code, building, number in session.execute(query):
        counts.setdefault((area_code, community_code), {})[building] = number
    return counts


def groups(session: Session, area_codes: Sequence[str]) -> list[CommunityGroup]:
    """The groups of any channel whose communities and buildings the areas feed."""
    fed: dict[str, list[CommunityArea]] = {}
    for link in links(session, area_codes):
        fed.setdefault(link.community_code, []).append(link)
    return [
        group
        for group in grid.groups_of(session, sorted(fed))
        if any(
            overlap(group.buildings, link.buildings)
            for code in group.community_codes
            for link in fed.get(code, [])
        )
    ]


def is_covered(group: CommunityGroup, cell: Cell) -> bool:
    """Whether the households of a cell are of this group's community and building."""
    if cell.community_code not in group.community_codes:
        return False
    return covers(group.buildings, cell.building) if cell.building else not group.buildings


def bound(session: Session, area_codes: Sequence[str], *, is_willing: bool = True) -> list[Bound]:
    """Bindings to households of the areas; with `is_willing` of followers who want notices."""
    query = (
        sa.select(
            Binding.openid,
            Customer.id,
            Customer.area_code,
            Customer.community_code,
            Customer.building,
        )
        .join(Customer, Customer.id == Binding.customer_id)
        .where(Customer.area_code.in_(area_codes))
        .order_by(Binding.openid, Customer.id)
    )
    if is_willing:
        query = query.join(Resident, Resident.openid == Binding.openid).where(
            Resident.is_subscribed, Resident.wants_notices
        )
    return [Bound(*row) for row in session.execute(query)]


def residents(
    session: Session,
    area_codes: Sequence[str],
    *,
    after: str,
    limit: int,
    subscribed_to: int | None = None,
) -> list[Resident]:
    """A page of those who are told: bound ones, and with `subscribed_to` who asked about it."""
    here = (
        sa.select(Binding.openid)
        .join(Customer, Customer.id == Binding.customer_id)
        .where(Customer.area_code.in_(area_codes))
    )
    wanted = sa.and_(Resident.wants_notices, Resident.openid.in_(here))
    if subscribed_to is not None:
        asked = sa.select(OutageSubscriber.openid).where(
            OutageSubscriber.outage_id == subscribed_to
        )
        wanted = sa.or_(wanted, Resident.openid.in_(asked))
    query = sa.select(Resident).where(Resident.is_subscribed, Resident.openid > after, wanted)
    return list(session.scalars(query.order_by(Resident.openid).limit(limit)))


def sensitive(session: Session, area_codes: Sequence[str]) -> list[Customer]:
    """Life support at home, schools, hospitals and key accounts, who are phoned."""
    query = sa.select(Customer).where(Customer.area_code.in_(area_codes), Customer.sensitive != "")
    return list(session.scalars(query.order_by(Customer.id)))
