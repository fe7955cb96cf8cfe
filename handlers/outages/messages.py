"""One message of an outage's step to one group or resident: its words, its time, its key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from handlers.customers.models import Resident
from handlers.desk import Desk
from handlers.grid.models import CommunityGroup
from handlers.outages import rules, targeting, wording
from handlers.outages.models import Kind, Outage, OutageEvent, Step
from handlers.outages.wording import Affected
from notifier import routing
from notifier.gathering import MAY_WAIT
from notifier.models import Channel
from notifier.outbox import FAULT, NORMAL, ONE_BY_ONE, PLANNED, Outgoing

URGENCY = {
    Kind.FAULT: FAULT,
    Kind.TEMPORARY: NORMAL,
    Kind.RESTRICTION: NORMAL,
    Kind.PLANNED: PLANNED,
}
TITLES = {
    Step.PUBLICATION: "{kind}通知",
    Step.DAY_BEFORE: "明天停电提醒",
    Step.HALF_HOUR_BEFORE: "马上停电提醒",
    Step.CHANGE: "停电时间有变",
    Step.CANCELLATION: "停电取消",
    Step.RESTORATION: "恢复供电",
}
CHANGES = ("changed", "delayed", "early")
SHORT = 20  # a template message's keyword holds so many characters (config/channels.toml)


@dataclass(frozen=True, slots=True)
class Notice:
    """A step of an outage being told: what is the same for all who are told."""

    desk: Desk
    outage: Outage
    step: Step
    sequence: int
    area_codes: tuple[str, ...]
    touched: tuple[Affected, ...]
    before: dict[str, Any]

    @property
    def audience(self) -> tuple[str, ...]:
        """The areas whose people are told: those that were taken off by a change, too."""
        return tuple(sorted({*self.area_codes, *self.before.get("area_codes", ())}))

    @property
    def is_urgent(self) -> bool:
        moments = [self.outage.starts_at, self.outage.ends_at]
        if self.outage.restored_at is not None:
            moments.append(self.outage.restored_at)
        moments += [datetime.fromisoformat(self.before[k]) for k in TIMES if k in self.before]
        within = self.desk.tables.outages.urgent_within_hours
        return rules.is_urgent(self.outage.kind, moments, self.desk.now, within)


TIMES = ("starts_at", "ends_at")


def prepare(desk: Desk, outage: Outage, step: Step, sequence: int) -> Notice:
    """Look up once what every message of the step says."""
    area_codes = tuple(targeting.codes(outage))
    touched = tuple(wording.affected(desk.session, area_codes))
    return Notice(
        desk, outage, step, sequence, area_codes, touched, _before(desk, outage, step, sequence)
    )


def to_group(notice: Notice, group: CommunityGroup) -> Outgoing:
    """The group's post; the words name its own communities first, and nobody's person."""
    mine = [place for place in notice.touched if place.community_code in group.community_codes]
    kind = _kind(notice, is_touched=bool(mine))
    words = notice.desk.words.text(kind, "group", facts(notice, mine))
    return Outgoing(
        channel=Channel(group.channel),
        target=group.target,
        kind=kind,
        payload={
            "text": words,
            "owner": group.owner_userid or "",
            MAY_WAIT: not notice.is_urgent,
        },
        key=key(notice, f"{group.channel}:{group.target}"),
        priority=URGENCY[Kind(notice.outage.kind)],
        due_at=_due(notice, group.quiet_from, group.quiet_until),
        outage_code=notice.outage.outage_code,
        step=notice.step,
        group_code=group.group_code,
    )


def to_resident(
    notice: Notice, resident: Resident, community_codes: Sequence[str], *, asks: bool = False
) -> Outgoing:
    """The resident's message; `asks` adds 「来电了吗」 for one who waited for the end."""
    mine = [place for place in notice.touched if place.community_code in community_codes]
    kind = _kind(notice, is_touched=bool(mine) or not community_codes)
    values = facts(notice, mine) | {"asks": asks}
    words = notice.desk.words.text(kind, "resident", values)
    return Outgoing(
        channel=Channel.OFFICIAL_ACCOUNT,
        target=resident.openid,
        kind=kind,
        payload={
            "text": words,
            "link": values["link"],
            "template": "outage",
            "values": _template_values(notice, values),
        },
        key=key(notice, f"{Channel.OFFICIAL_ACCOUNT}:{resident.openid}"),
        priority=URGENCY[Kind(notice.outage.kind)] + ONE_BY_ONE,
        due_at=_due(notice, resident.quiet_from, resident.quiet_until),
        outage_code=notice.outage.outage_code,
        step=notice.step,
    )


def key(notice: Notice, recipient: str) -> str:
    """What may be sent once only: this outage's step to this recipient."""
    return f"{notice.outage.outage_code}:{notice.step}:{notice.sequence}:{recipient}"


def first_key(notice: Notice, channel: Channel, target: str) -> str:
    """The key of the publication that this recipient got."""
    return f"{notice.outage.outage_code}:{Step.PUBLICATION}:0:{channel}:{target}"


def facts(notice: Notice, mine: Sequence[Affected]) -> dict[str, Any]:
    """What every outage template may say."""
    outage, desk = notice.outage, notice.desk
    places = wording.short_places(mine or notice.touched)
    published = outage.published_at
    return {
        "code": outage.outage_code,
        "kind": rules.KIND_WORDS[outage.kind],
        "is_fault": outage.kind == Kind.FAULT,
        "is_planned": outage.kind == Kind.PLANNED,
        "time": wording.window(outage.starts_at, outage.ends_at),
        "starts": f"{outage.starts_at:%H:%M}",
        "until": wording.until(outage, desk.now),
        "old_time": _old_time(notice.before),
        "action": notice.before.get("action", ""),
        "places": places or wording.area_names(desk.session, notice.audience),
        "reason": wording.reason(outage),
        "restored": f"{outage.restored_at or desk.now:%H:%M}",
        "first_told": f"{published.month}月{published.day}日" if published else "",
        "hotline": desk.tables.contacts.hotline,
        "link": f"{desk.public_url}/h5/outages/{outage.outage_code}",
        "asks": False,
    }


def _kind(notice: Notice, *, is_touched: bool) -> str:
    """People of an area that a change took off read that it is cancelled for them."""
    if notice.step == Step.CHANGE and not is_touched and notice.touched:
        return f"outage_{Step.CANCELLATION}"
    return f"outage_{notice.step}"


def _template_values(notice: Notice, values: dict[str, Any]) -> dict[str, str]:
    outage = notice.outage
    title = TITLES[notice.step].format(kind=values["kind"])
    remark = {
        Step.CANCELLATION: "照常供电，不用准备。",
        Step.RESTORATION: "没来电请回复「还没来电」",
    }.get(notice.step, f"到{outage.ends_at.month}月{outage.ends_at.day}日{outage.ends_at:%H:%M}")
    moment = outage.restored_at if notice.step == Step.RESTORATION else outage.starts_at
    return {
        "matter": title[:SHORT],
        "place": values["places"][:SHORT],
        "time": f"{moment or outage.starts_at:%Y年%m月%d日 %H:%M}",
        "remark": remark[:SHORT],
    }


def _due(notice: Notice, quiet_from: str, quiet_until: str) -> datetime:
    """At once, or when the recipient's quiet hours end."""
    channels = notice.desk.tables.channels
    return routing.due_time(
        notice.desk.now,
        quiet_from or channels.quiet_from,
        quiet_until or channels.quiet_until,
        urgent=notice.is_urgent,
    )


def _before(desk: Desk, outage: Outage, step: Step, sequence: int) -> dict[str, Any]:
    """What a change replaced, from the history."""
    if step != Step.CHANGE:
        return {}
    for event in reversed(_history(desk, outage)):
        if event.action in CHANGES and event.facts.get("sequence") == sequence:
            return {**event.facts["before"], "action": event.action}
    return {}


def _history(desk: Desk, outage: Outage) -> list[OutageEvent]:
    desk.session.flush()
    query = sa.select(OutageEvent).where(OutageEvent.outage_id == outage.id)
    return list(desk.session.scalars(query.order_by(OutageEvent.id)))


def _old_time(before: dict[str, Any]) -> str:
    if "starts_at" not in before:
        return ""
    return wording.window(*(datetime.fromisoformat(before[name]) for name in TIMES))
