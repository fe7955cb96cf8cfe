"""Who was told, by what, and who was not and why: before publication as a preview, then as proof."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.desk import Desk
from handlers.grid.models import Community, TransformerArea
from handlers.outages import budget, phoning, reach, rules, targeting
from handlers.outages.models import Outage, PhoneTask, Step
from handlers.outages.reach import Reach
from handlers.outages.targeting import NOWHERE, Cell
from notifier.models import OutboxMessage, OutboxState

CHANNELS = ("customer_group", "official_account", "phone", "liaison")
VISIT = "{why}，请上门或打电话告知"
NO_COMMUNITY = "台区没有对应的小区"


@dataclass(frozen=True, slots=True)
class Untold:
    """Households of one community (or of an area without one) that nothing reaches."""

    community: str
    community_code: str | None
    households: int
    why: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """CONTRACT.md's coverage; before publication what would be, afterwards what was delivered."""

    households: int
    told: int
    by_channel: dict[str, int]
    untold: tuple[Untold, ...]
    deliveries: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        return {
            "households": self.households,
            "told": self.told,
            "by_channel": self.by_channel,
            "untold": [
                {"community": row.community, "households": row.households, "why": row.why}
                for row in self.untold
            ],
            "deliveries": self.deliveries,
        }


@dataclass(slots=True)
class Tally:
    """Adds up the households, cell by cell."""

    reach: Reach
    households: int = 0
    told: int = 0
    by_channel: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHANNELS, 0))
    missing: dict[tuple[str, str, str], int] = field(default_factory=dict)
    visits: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.visits = dict(self.reach.visits)

    def add(self, cell: Cell) -> None:
        place = (cell.area_code, cell.community_code, cell.building)
        bound, phoned = self.reach.bound.get(place, set()), self.reach.phoned.get(place, set())
        in_group = self.reach.has_told(cell, liaison=False)
        counts = {
            "customer_group": cell.households if in_group else 0,
            "official_account": min(cell.households, len(bound)),
            "phone": min(cell.households, len(phoned)),
            "liaison": cell.households if self.reach.has_told(cell, liaison=True) else 0,
        }
        singly = min(cell.households, len(bound | phoned))
        reached = cell.households if in_group else singly
        visited = self._visited(cell, cell.households - reached)
        counts["phone"] = min(cell.households, counts["phone"] + visited)
        for channel, number in counts.items():
            self.by_channel[channel] += number
        self.households += cell.households
        self.told += reached + visited
        self._miss(cell, cell.households - reached - visited)

    def _visited(self, cell: Cell, left: int) -> int:
        """What a visit to the community has told of those still untold."""
        visited = min(left, self.visits.get(cell.community_code, 0))
        if visited:
            self.visits[cell.community_code] -= visited
        return visited

    def _miss(self, cell: Cell, number: int) -> None:
        if not number:
            return
        is_nowhere = cell.community_code == NOWHERE
        why = NO_COMMUNITY if is_nowhere else self.reach.why(cell)
        key = (cell.community_code, cell.area_code if is_nowhere else "", why)
        self.missing[key] = self.missing.get(key, 0) + number


def seen(desk: Desk, outage: Outage) -> Coverage:
    """The coverage as it stands, or a preview that counts no group which cannot be sent to."""
    is_preview = outage.state in rules.DRAFTED
    barred = budget.barred(desk, targeting.codes(outage)) if is_preview else {}
    return coverage(desk.session, outage, barred=barred)


def coverage(
    session: Session, outage: Outage, *, barred: Mapping[str, str] | None = None
) -> Coverage:
    """The coverage of an outage as it stands; `barred` groups are told nothing in a preview."""
    tally = Tally(reach.survey(session, outage, barred=barred))
    for cell in tally.reach.cells:
        tally.add(cell)
    return Coverage(
        households=tally.households,
        told=tally.told,
        by_channel=tally.by_channel,
        untold=_untold(session, tally.missing),
        deliveries=_deliveries(session, outage, tally.reach),
    )


def unsendable(desk: Desk, outage: Outage) -> list[Untold]:
    """Of a draft: households whose groups cannot be sent to, and that nothing else reaches."""
    why = set(budget.barred(desk, targeting.codes(outage)).values())
    return [row for row in seen(desk, outage).untold if row.why in why]


def visit_tasks(desk: Desk, outage: Outage, untold: Iterable[Untold]) -> list[PhoneTask]:
    """Turn the communities that nothing reaches into tasks to visit or phone them, with why."""
    by_community: dict[str, list[Untold]] = {}
    for row in untold:
        if row.community_code:
            by_community.setdefault(row.community_code, []).append(row)
    return [
        phoning.visit(
            desk,
            outage,
            community_code=code,
            households=sum(row.households for row in rows),
            why=VISIT.format(why="、".join(dict.fromkeys(row.why for row in rows))),
        )
        for code, rows in by_community.items()
    ]


def _untold(session: Session, missing: dict[tuple[str, str, str], int]) -> tuple[Untold, ...]:
    rows = []
    for (community_code, area_code, why), number in sorted(missing.items()):
        if community_code:
            name = session.get_one(Community, community_code).name
        else:
            name = session.get_one(TransformerArea, area_code).name
        rows.append(Untold(name, community_code or None, number, why))
    return tuple(rows)


def _deliveries(session: Session, outage: Outage, reached: Reach) -> dict[str, int]:
    """Messages by state; in a preview as many as the publication would make."""
    counts: dict[str, int] = {state.value: 0 for state in OutboxState}
    if reached.is_preview:
        people = {one.openid for one in targeting.bound(session, targeting.codes(outage))}
        chats = {(g.channel, g.target) for g in reached.groups if reached.arrives(g)}
        counts[OutboxState.PENDING] = len(chats) + len(people)
        return counts
    query = (
        sa.select(OutboxMessage.state, sa.func.count())
        .where(
            OutboxMessage.outage_code == outage.outage_code,
            OutboxMessage.step.in_([step.value for step in Step]),
        )
        .group_by(OutboxMessage.state)
    )
    for state, number in session.execute(query):
        counts[state] += number
    return counts
