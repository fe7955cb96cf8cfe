"""The send budget: what each quota allows, what was used, and whether the week's plan fits."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from config.database import Moment
from handlers.desk import Desk
from handlers.grid.models import CommunityGroup, GroupChannel
from handlers.outages import rules, targeting
from handlers.outages.models import Kind, Outage, OutageState
from notifier import quotas
from notifier.models import Channel, OutboxMessage, OutboxState
from notifier.quotas import Quota

WEEK = 7
USED_UP = "住户群「{name}」{period}群发次数用完了，这次发不进群，请安排电话或上门。"
OWNERLESS = "住户群「{name}」没有群主，发不进群，请在档案里补上，这次先安排电话或上门。"
WHY_USED_UP = "住户群{period}的群发次数用完了"
WHY_OWNERLESS = "住户群没有群主，发不出去"
PERIODS = {"day": "今天", "week": "这周", "month": "本月"}
SHORT_PERIODS = {"day": "天", "week": "周", "month": "月"}
TEMPLATES = "公众号模板消息"


@dataclass(frozen=True, slots=True)
class Row:
    """One quota. `exhausted_on`: the day on which the plan asks for more than is left."""

    channel: str
    name: str
    target: str
    period: str
    quota: int
    used: int
    planned: int
    exhausted_on: date | None

    @property
    def left(self) -> int:
        return max(self.quota - self.used, 0)


def forecast(desk: Desk, *, days: int = WEEK) -> list[Row]:
    """Every customer group's quota and the templates' days, what runs out first on top."""
    until = desk.now + timedelta(days=days)
    groups, templates = _planned(desk, until)
    rows = [*_group_rows(desk, groups), _template_row(desk, templates)]
    return sorted(rows, key=lambda row: (row.exhausted_on or date.max, row.left - row.planned))


def gauges(desk: Desk) -> dict[str, int]:
    """The same in a few numbers, for an operator's metrics."""
    rows = forecast(desk)
    groups = [row for row in rows if row.channel == Channel.WECOM_CUSTOMER_GROUP]
    template = next(row for row in rows if row.channel == Channel.OFFICIAL_ACCOUNT)
    return {
        "customer_groups": len(groups),
        "customer_groups_used_up": sum(1 for row in groups if not row.left),
        "customer_groups_running_out": sum(1 for row in groups if row.exhausted_on),
        "templates_left_today": template.left,
    }


def warnings(desk: Desk, area_codes: Sequence[str]) -> list[str]:
    """The residents' groups of these areas that nothing can be sent to now."""
    groups = _distinct(targeting.groups(desk.session, area_codes))
    barred = _barred(desk, groups)
    words = {WHY_OWNERLESS: OWNERLESS}
    return [
        words.get(barred[group.target], USED_UP).format(name=group.name, period=_period(desk))
        for group in groups
        if group.target in barred
    ]


def barred(desk: Desk, area_codes: Sequence[str]) -> dict[str, str]:
    """Why nothing can be sent to some chats of residents' groups now, by chat."""
    return _barred(desk, _distinct(targeting.groups(desk.session, area_codes)))


def _barred(desk: Desk, groups: Sequence[CommunityGroup]) -> dict[str, str]:
    """What waits in the outbox for a group takes its quota before anything new does."""
    used = _used(desk, groups)
    waiting = Counter(
        desk.session.scalars(
            sa.select(OutboxMessage.target).where(
                OutboxMessage.channel == Channel.WECOM_CUSTOMER_GROUP,
                OutboxMessage.target.in_(list(used)),
                OutboxMessage.state == OutboxState.PENDING,
                OutboxMessage.error == quotas.USED_UP,
            )
        )
    )
    found = {}
    for group in groups:
        if not group.owner_userid:
            found[group.target] = WHY_OWNERLESS
        elif (
            used[group.target] + waiting[group.target] >= _quota(desk, group.target, desk.now).limit
        ):
            found[group.target] = WHY_USED_UP.format(period=_period(desk))
    return found


def _period(desk: Desk) -> str:
    return PERIODS[desk.tables.channels.wecom.customer_group_period]


def _group_rows(desk: Desk, planned: dict[str, list[date]]) -> list[Row]:
    groups = _distinct(
        desk.session.scalars(sa.select(CommunityGroup).order_by(CommunityGroup.group_code))
    )
    used = _used(desk, groups)
    rows = []
    for group in groups:
        days, limit = planned.get(group.target, []), _quota(desk, group.target, desk.now).limit
        rows.append(
            Row(
                channel=Channel.WECOM_CUSTOMER_GROUP,
                name=group.name,
                target=group.target,
                period=SHORT_PERIODS[desk.tables.channels.wecom.customer_group_period],
                quota=limit,
                used=used[group.target],
                planned=len(days),
                exhausted_on=_group_ends(desk, group.target, used[group.target], days),
            )
        )
    return rows


def _template_row(desk: Desk, planned: Counter[date]) -> Row:
    quota = quotas.templates(desk.tables.channels)
    used = quotas.usage(desk.session, [quota], desk.now)[quota.key]
    today = desk.now.date()
    over = [
        day
        for day, count in sorted(planned.items())
        if count + (used if day == today else 0) > quota.limit
    ]
    return Row(
        channel=Channel.OFFICIAL_ACCOUNT,
        name=TEMPLATES,
        target="",
        period="天",
        quota=quota.limit,
        used=used,
        planned=max(planned.values(), default=0),
        exhausted_on=today if used >= quota.limit else next(iter(over), None),
    )


def _group_ends(desk: Desk, target: str, used: int, days: Sequence[date]) -> date | None:
    """A new period begins with a new quota."""
    quota = _quota(desk, target, desk.now)
    if used >= quota.limit:
        return desk.now.date()
    counts: Counter[str] = Counter({quotas.window_of(quota.period, desk.now): used})
    for day in sorted(days):
        at = datetime.combine(day, desk.now.time(), desk.now.tzinfo)
        window = quotas.window_of(quota.period, at)
        counts[window] += 1
        if counts[window] > _quota(desk, target, at).limit:
            return day
    return None


def _planned(desk: Desk, until: datetime) -> tuple[dict[str, list[date]], Counter[date]]:
    """The days on which each group, and how many residents, are to be told something.

    Every resident counts as a template: who wrote within two days will cost none.
    """
    groups: dict[str, list[date]] = defaultdict(list)
    templates: Counter[date] = Counter()
    for channel, target, due_at in desk.session.execute(_waiting(until)):
        if channel == Channel.WECOM_CUSTOMER_GROUP:
            groups[target].append(due_at.date())
        else:
            templates[due_at.date()] += 1
    for outage in desk.session.scalars(_coming(desk, until)).all():
        codes = targeting.codes(outage)
        steps = [(at.date(), grouped) for at, grouped in _steps(desk, outage) if at < until]
        for group in _distinct(targeting.groups(desk.session, codes)):
            groups[group.target] += [day for day, is_grouped in steps if is_grouped]
        people = len({one.openid for one in targeting.bound(desk.session, codes)})
        for day, _ in steps:
            templates[day] += people
    return groups, templates


def _steps(desk: Desk, outage: Outage) -> Iterator[tuple[datetime, bool]]:
    """When what is still to be told of an outage will be, and whether groups hear of it."""
    limits = desk.tables.outages
    if outage.state in rules.DRAFTED:
        yield desk.now, True
    if outage.kind == Kind.PLANNED:
        day_before = outage.starts_at - timedelta(hours=limits.day_before_hours)
        if day_before > desk.now:
            yield day_before, True
    half_hour = outage.starts_at - timedelta(minutes=limits.half_hour_minutes)
    if half_hour > desk.now:
        yield half_hour, False
    yield max(outage.ends_at, desk.now), True


def _waiting(until: datetime) -> sa.Select[str, str, datetime]:
    """Messages in the outbox that have yet to cost their quota."""
    due_at = sa.type_coerce(OutboxMessage.due_at, Moment)
    return sa.select(OutboxMessage.channel, OutboxMessage.target, due_at).where(
        OutboxMessage.state == OutboxState.PENDING,
        OutboxMessage.channel.in_((Channel.WECOM_CUSTOMER_GROUP, Channel.OFFICIAL_ACCOUNT)),
        OutboxMessage.due_at < until,
    )


def _coming(desk: Desk, until: datetime) -> sa.Select[Outage]:
    states = (*rules.DRAFTED, OutageState.PUBLISHED, OutageState.UNDER_WAY)
    return sa.select(Outage).where(
        Outage.state.in_(states),
        Outage.starts_at < until + timedelta(hours=desk.tables.outages.day_before_hours),
        Outage.ends_at > desk.now,
    )


def _distinct(groups: Iterable[CommunityGroup]) -> list[CommunityGroup]:
    """Residents' groups, each chat once."""
    found = {
        group.target: group for group in groups if group.channel == GroupChannel.CUSTOMER_GROUP
    }
    return list(found.values())


def _used(desk: Desk, groups: Sequence[CommunityGroup]) -> dict[str, int]:
    wanted = {group.target: _quota(desk, group.target, desk.now) for group in groups}
    used = quotas.usage(desk.session, wanted.values(), desk.now)
    return {target: used[quota.key] for target, quota in wanted.items()}


def _quota(desk: Desk, target: str, at: datetime) -> Quota:
    return quotas.group_posts(desk.tables.channels, target, at)
