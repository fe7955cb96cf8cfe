"""Expand an outage's steps into outbox rows, page by page, once for each recipient and step."""

from collections import defaultdict
from datetime import datetime, timedelta

import sqlalchemy as sa

from handlers.customers.models import Binding, Customer, Resident
from handlers.desk import Desk
from handlers.outages import messages, targeting
from handlers.outages.messages import Notice
from handlers.outages.models import Kind, Outage, OutageStep, OutageSubscriber, Step
from notifier.models import OutboxMessage, OutboxState
from notifier.outbox import Outgoing, put

PAGE = 200
GROUPS_DONE = "residents>"
BEFORE = (Step.DAY_BEFORE, Step.HALF_HOUR_BEFORE)
ANNOUNCING = (Step.PUBLICATION, Step.CHANGE)
TO_FOLLOWERS = frozenset({Step.CHANGE, Step.CANCELLATION, Step.RESTORATION})
SUPERSEDED = "superseded"
# Faults before plans, then what has been due for longest.
FIRST_EXPANDED = (Outage.kind != Kind.FAULT, OutageStep.at, OutageStep.id)


def begin(desk: Desk, outage: Outage, step: Step, sequence: int = 0) -> None:
    """Start telling a step now: the first page at once, the rest by the timer."""
    row = OutageStep(outage_id=outage.id, step=step, sequence=sequence, at=desk.now)
    desk.session.add(row)
    desk.session.flush()
    expand(desk, row)


def schedule(desk: Desk, outage: Outage) -> None:
    """Put the reminders before the start where the window now wants them."""
    rules_of = desk.tables.outages
    starts = outage.starts_at
    if outage.kind == Kind.PLANNED:
        _plan(desk, outage, Step.DAY_BEFORE, starts - timedelta(hours=rules_of.day_before_hours))
    half_hour = timedelta(minutes=rules_of.half_hour_minutes)
    _plan(desk, outage, Step.HALF_HOUR_BEFORE, starts - half_hour)


def unschedule(desk: Desk, outage: Outage) -> None:
    """Forget the reminders that have not gone out."""
    desk.session.execute(
        sa.delete(OutageStep).where(
            OutageStep.outage_id == outage.id,
            OutageStep.step.in_(BEFORE),
            OutageStep.expanded_until == "",
            sa.not_(OutageStep.is_expanded),
        )
    )


def supersede(desk: Desk, outage: Outage) -> None:
    """Send no more of what is now out of date: pages not expanded, messages quiet hours hold."""
    desk.session.execute(
        sa.update(OutageStep)
        .where(OutageStep.outage_id == outage.id, OutageStep.step.in_(ANNOUNCING))
        .values(is_expanded=True)
    )
    desk.session.execute(
        sa.update(OutboxMessage)
        .where(
            OutboxMessage.outage_code == outage.outage_code,
            OutboxMessage.step != "",
            OutboxMessage.state == OutboxState.PENDING,
            OutboxMessage.attempts == 0,
            OutboxMessage.due_at > desk.now,
        )
        .values(state=OutboxState.SKIPPED, due_at=None, error=SUPERSEDED)
    )


def expand(desk: Desk, row: OutageStep) -> None:
    """One page of a step: all groups first, then residents by openid."""
    outage = desk.session.get_one(Outage, row.outage_id)
    step = Step(row.step)
    if step in BEFORE and desk.now >= outage.starts_at:
        row.is_expanded = True  # a reminder of what has begun helps nobody
        return
    notice = messages.prepare(desk, outage, step, row.sequence)
    if not row.expanded_until:
        row.expanded_until = GROUPS_DONE
        if step != Step.HALF_HOUR_BEFORE:
            _send(notice, _to_groups(notice))
    _send(notice, _to_residents(notice, row))


def ask(desk: Desk, outage: Outage) -> None:
    """Tell those who waited that it is over, and ask whether their power is back."""
    notice = messages.prepare(desk, outage, Step.RESTORATION, 0)
    query = (
        sa.select(Resident, OutageSubscriber.community_code)
        .join(OutageSubscriber, OutageSubscriber.openid == Resident.openid)
        .where(OutageSubscriber.outage_id == outage.id, Resident.is_subscribed)
        .order_by(Resident.openid)
    )
    found = desk.session.execute(query).all()
    asked = [messages.to_resident(notice, who, _one(code), asks=True) for who, code in found]
    _send(notice, asked)


def _plan(desk: Desk, outage: Outage, step: Step, at: datetime) -> None:
    query = sa.select(OutageStep).where(OutageStep.outage_id == outage.id, OutageStep.step == step)
    row = desk.session.scalar(query)
    if row is not None:
        if not row.expanded_until and not row.is_expanded:
            row.at = at
            row.is_expanded = at <= desk.now  # moved so near that the change itself tells it
    elif at > desk.now:
        desk.session.add(OutageStep(outage_id=outage.id, step=step, sequence=0, at=at))
    desk.session.flush()


def _to_groups(notice: Notice) -> list[Outgoing]:
    groups = targeting.groups(notice.desk.session, notice.audience)
    return [messages.to_group(notice, group) for group in groups]


def _to_residents(notice: Notice, row: OutageStep) -> list[Outgoing]:
    """The next page of residents; the row remembers the last openid."""
    session, audience = notice.desk.session, notice.audience
    page = targeting.residents(
        session,
        audience,
        after=row.expanded_until.removeprefix(GROUPS_DONE),
        limit=PAGE,
        subscribed_to=notice.outage.id if notice.step in TO_FOLLOWERS else None,
    )
    row.is_expanded = len(page) < PAGE
    if page:
        row.expanded_until = f"{GROUPS_DONE}{page[-1].openid}"
    openids = [resident.openid for resident in page]
    homes = _homes(notice, openids)
    waiting = _waiting(notice, openids)
    asks = notice.step == Step.RESTORATION
    return [
        messages.to_resident(
            notice,
            who,
            homes.get(who.openid) or _one(waiting.get(who.openid)),
            asks=asks and who.openid in waiting,
        )
        for who in page
    ]


def _homes(notice: Notice, openids: list[str]) -> dict[str, list[str]]:
    """The communities within the audience where each of them has a household."""
    query = (
        sa.select(Binding.openid, Customer.community_code)
        .join(Customer, Customer.id == Binding.customer_id)
        .where(Binding.openid.in_(openids), Customer.area_code.in_(notice.audience))
    )
    homes: dict[str, list[str]] = defaultdict(list)
    for openid, community_code in notice.desk.session.execute(query):
        homes[openid].append(community_code)
    return homes


def _waiting(notice: Notice, openids: list[str]) -> dict[str, str | None]:
    """Those of them who asked about this outage, and for which community."""
    query = sa.select(OutageSubscriber.openid, OutageSubscriber.community_code).where(
        OutageSubscriber.outage_id == notice.outage.id, OutageSubscriber.openid.in_(openids)
    )
    return {row.openid: row.community_code for row in notice.desk.session.execute(query)}


def _one(code: str | None) -> list[str]:
    return [code] if code else []


def _send(notice: Notice, outgoing: list[Outgoing]) -> None:
    """Put a page into the outbox; updates refer to the first message their recipient got."""
    session = notice.desk.session
    if notice.step == Step.CANCELLATION:
        outgoing = _but_untold(notice, outgoing)
    put(session, outgoing, now=notice.desk.now)
    if notice.step == Step.PUBLICATION or not outgoing:
        return
    _refer_to_first(notice, outgoing)


def _refer_to_first(notice: Notice, outgoing: list[Outgoing]) -> None:
    """Found by their keys: an index leads to each row, however wide the outage is."""
    firsts = {messages.first_key(notice, m.channel, m.target): m.key for m in outgoing}
    keys = [*firsts, *firsts.values()]
    query = sa.select(OutboxMessage.dedupe_key, OutboxMessage.id, OutboxMessage.state)
    rows = {
        row.dedupe_key: row
        for row in notice.desk.session.execute(query.where(OutboxMessage.dedupe_key.in_(keys)))
    }
    references = [
        {"id": rows[key].id, "reply_to_id": rows[first].id}
        for first, key in firsts.items()
        if key in rows and first in rows and rows[first].state != OutboxState.SKIPPED
    ]
    if references:
        notice.desk.session.execute(sa.update(OutboxMessage), references)


def _but_untold(notice: Notice, outgoing: list[Outgoing]) -> list[Outgoing]:
    """Leave out whom nothing has reached yet; an imported outage was told before we came."""
    told = sa.func.max(sa.case((OutboxMessage.state == OutboxState.SKIPPED, 0), else_=1))
    targets = [message.target for message in outgoing]
    query = (
        sa.select(OutboxMessage.channel, OutboxMessage.target, told)
        .where(
            OutboxMessage.outage_code == notice.outage.outage_code,
            OutboxMessage.step != "",
            OutboxMessage.target.in_(targets),
        )
        .group_by(OutboxMessage.channel, OutboxMessage.target)
    )
    reached = {(row[0], row[1]): bool(row[2]) for row in notice.desk.session.execute(query)}
    waiting = _waiting(notice, targets)
    default = notice.outage.is_imported
    return [
        message
        for message in outgoing
        if message.target in waiting or reached.get((message.channel, message.target), default)
    ]
