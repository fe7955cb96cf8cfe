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
from notifier import confirmation, gathering, quotas
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
USED_UP = "住户群的群发次数用完了"
GATHERED = "住户群剩的群发次数不多，和别的通知合在一起发"

QUOTA_STATES = frozenset({OutboxState.PENDING, OutboxState.FAILED})
QUOTA_ERRORS = frozenset({quotas.USED_UP, confirmation.WHY[confirmation.QUOTA_USED]})

Place = tuple[str, str, str]
Target = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reach:
    """`states` and `delivered` are by channel and target.

    In a preview everything arrives but in the `barred` chats of residents' groups, each with why.
    `held` says of targets why they wait: for the platform's quota, or for other posts.
    """

    cells: list[Cell]
    groups: list[CommunityGroup]
    bound: Mapping[Place, set[int]]
    phoned: Mapping[Place, set[int]]
    visits: Mapping[str, int]
    states: Mapping[tuple[str, str], str]
    delivered: frozenset[tuple[str, str]]
    held: Mapping[Target, str]
    is_preview: bool
    barred: Mapping[str, str]

    def arrives(self, group: CommunityGroup) -> bool:
        if self.is_preview:
            return group.channel != GroupChannel.CUSTOMER_GROUP or group.target not in self.barred
        return (group.channel, group.target) in self.delivered

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
        if self.is_preview:
            return next((self.barred[g.target] for g in own if g.target in self.barred), NOT_SENT)
        keys = [(group.channel, group.target) for group in own]
        known = [
            (HOPE.index(OutboxState(self.states[key])), key) for key in keys if key in self.states
        ]
        if not known:
            return NOT_SENT
        best, key = min(known)
        return self.held.get(key) or WHY[HOPE[best]]


def survey(session: Session, outage: Outage, *, barred: Mapping[str, str] | None = None) -> Reach:
    """Gather it from the registry, the outbox and the phone tasks.

    `barred`: residents' groups that cannot be sent to now, which a preview must not count.
    """
    area_codes = targeting.codes(outage)
    is_preview = outage.state in rules.DRAFTED
    states, delivered, held = ({}, frozenset(), {}) if is_preview else _sent(session, outage)
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
        held=held,
        is_preview=is_preview,
        barred=barred or {},
    )


def _sent(
    session: Session, outage: Outage
) -> tuple[dict[Target, str], frozenset[Target], dict[Target, str]]:
    """The most hopeful state of each target, whom it reached, why it is held from others."""
    query = sa.select(
        OutboxMessage.channel,
        OutboxMessage.target,
        OutboxMessage.state,
        OutboxMessage.delivered_at,
        OutboxMessage.error,
    ).where(OutboxMessage.outage_code == outage.outage_code, OutboxMessage.step.in_(TELLING))
    states: dict[Target, str] = {}
    delivered: set[Target] = set()
    held: dict[Target, str] = {}
    for channel, target, state, at, error in session.execute(query):
        who = (channel, target)
        if at is not None:
            delivered.add(who)
        if who not in states or HOPE.index(OutboxState(state)) < HOPE.index(
            OutboxState(states[who])
        ):
            states[who] = state
        if state in QUOTA_STATES and error in QUOTA_ERRORS:
            held[who] = USED_UP
        if state == OutboxState.PENDING and error == gathering.GATHERING:
            held[who] = GATHERED
    return states, frozenset(delivered), held


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
