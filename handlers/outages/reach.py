"""What may tell the households of an outage, and how far its messages have come."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.customers.models import Customer
from handlers.grid.models import CommunityGroup, GroupChannel
from handlers.outages import rules, targeting
from handlers.outages.models import Outage, PhoneTask, Step
from handlers.outages.targeting import Cell
from notifier import confirmation, quotas
from notifier.models import Channel, OutboxMessage, OutboxState

TELLING = (Step.PUBLICATION, Step.DAY_BEFORE, Step.HALF_HOUR_BEFORE, Step.CHANGE)
NO_GROUP = "没有住户群"
OTHER_BUILDINGS = "住户群不管这些楼栋"
NOT_SENT = "没有发过通知"
# The most hopeful state of a group's messages says why its households are not told yet.
WHY = {
    OutboxState.SENT: "已发出，还没确认送达",
    OutboxState.AWAITING_OWNER: "群主还没确认发送",
    OutboxState.PENDING: "正在等待发送",
    OutboxState.FAILED: "发送没有成功",
    OutboxState.DEAD: "发送没有成功",
    OutboxState.SKIPPED: "已过时，没有发送",
}
HOPE = list(WHY)
USED_UP = "住户群本月的群发次数用完了"

QUOTA_STATES = frozenset({OutboxState.PENDING, OutboxState.FAILED})
QUOTA_ERRORS = frozenset({quotas.USED_UP, confirmation.WHY[confirmation.QUOTA_USED]})

Place = tuple[str, str, str]
Target = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reach:
    """`states` and `delivered` are by channel and target; in a preview everything arrives.

    `used_up` are those that wait for, or failed by, the platform's quota.
    """

    cells: list[Cell]
    groups: list[CommunityGroup]
    bound: Mapping[Place, set[int]]
    phoned: Mapping[Place, set[int]]
    visits: Mapping[str, int]
    states: Mapping[tuple[str, str], str]
    delivered: frozenset[tuple[str, str]]
    used_up: frozenset[tuple[str, str]]
    is_preview: bool

    def arrives(self, group: CommunityGroup) -> bool:
        return self.is_preview or (group.channel, group.target) in self.delivered

    def has_told(self, cell: Cell, *, liaison: bool) -> bool:
        """Whether a residents' group (or one of staff and property managers) has the post."""
        return any(
            self.arrives(group)
            for group in self.groups
            if (group.channel != GroupChannel.CUSTOMER_GROUP) == liaison
            and targeting.is_covered(group, cell)
        )

    def why(self, cell: Cell) -> str:
        """Why the households of a cell are not told by a group."""
        near = [
            group
            for group in self.groups
            if group.channel == GroupChannel.CUSTOMER_GROUP
            and cell.community_code in group.community_codes
        ]
        own = [group for group in near if targeting.is_covered(group, cell)]
        if not own:
            return OTHER_BUILDINGS if near else NO_GROUP
        keys = [(group.channel, group.target) for group in own]
        known = [
            (HOPE.index(OutboxState(self.states[key])), key) for key in keys if key in self.states
        ]
        if not known:
            return NOT_SENT
        best, key = min(known)
        return USED_UP if key in self.used_up else WHY[HOPE[best]]


def survey(session: Session, outage: Outage) -> Reach:
    """Gather it from the registry, the outbox and the phone tasks."""
    area_codes = targeting.codes(outage)
    is_preview = outage.state in rules.DRAFTED
    states, delivered, used_up = (
        ({}, frozenset(), frozenset()) if is_preview else _sent(session, outage)
    )
    bound: dict[Place, set[int]] = defaultdict(set)
    for one in targeting.bound(session, area_codes, is_willing=is_preview):
        if is_preview or (Channel.OFFICIAL_ACCOUNT, one.openid) in delivered:
            bound[one.area_code, one.community_code, one.building].add(one.customer_id)
    return Reach(
        cells=targeting.cells(session, area_codes),
        groups=targeting.groups(session, area_codes),
        bound=bound,
        phoned=_phoned(session, outage),
        visits=_visits(session, outage),
        states=states,
        delivered=delivered,
        used_up=used_up,
        is_preview=is_preview,
    )


def _sent(
    session: Session, outage: Outage
) -> tuple[dict[Target, str], frozenset[Target], frozenset[Target]]:
    """The most hopeful state of each target, whom it reached, whom a quota kept from it."""
    query = sa.select(
        OutboxMessage.channel,
        OutboxMessage.target,
        OutboxMessage.state,
        OutboxMessage.delivered_at,
        OutboxMessage.error,
    ).where(OutboxMessage.outage_code == outage.outage_code, OutboxMessage.step.in_(TELLING))
    states: dict[Target, str] = {}
    delivered, used_up = set(), set()
    for channel, target, state, at, error in session.execute(query):
        who = (channel, target)
        if at is not None:
            delivered.add(who)
        if who not in states or HOPE.index(OutboxState(state)) < HOPE.index(
            OutboxState(states[who])
        ):
            states[who] = state
        if state in QUOTA_STATES and error in QUOTA_ERRORS:
            used_up.add(who)
    return states, frozenset(delivered), frozenset(used_up)


def _phoned(session: Session, outage: Outage) -> dict[Place, set[int]]:
    query = (
        sa.select(Customer.area_code, Customer.community_code, Customer.building, Customer.id)
        .join(PhoneTask, PhoneTask.customer_id == Customer.id)
        .where(PhoneTask.outage_id == outage.id, PhoneTask.done_at.is_not(None))
    )
    found: dict[Place, set[int]] = defaultdict(set)
    for area_code, community_code, building, customer_id in session.execute(query):
        found[area_code, community_code, building].add(customer_id)
    return found


def _visits(session: Session, outage: Outage) -> dict[str, int]:
    """Households of each community that a person went to see or phoned."""
    query = sa.select(PhoneTask.community_code, PhoneTask.households).where(
        PhoneTask.outage_id == outage.id,
        PhoneTask.customer_id.is_(None),
        PhoneTask.done_at.is_not(None),
    )
    found: dict[str, int] = defaultdict(int)
    for community_code, households in session.execute(query):
        found[community_code or ""] += households
    return found
