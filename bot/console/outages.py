"""Outages: the list, and the page of one with its preview, its coverage and its history."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from bot.access.signed_in import Person, only, person
from bot.console import people, suspects
from bot.console.may import DUTY, STAFF, stations_of
from bot.parts import Parts
from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid.models import Community
from handlers.outages import (
    alerts,
    checks,
    columns,
    messages,
    phoning,
    queries,
    reach,
    rules,
    service,
    targeting,
    wording,
)
from handlers.outages.coverage import seen
from handlers.outages.models import Outage, OutageState, PhoneTask, Step

ACTIONS = {
    "drafted": "登记",
    "edited": "改草稿",
    "submitted": "提交审核",
    "approved": "审核通过",
    "published": "发布",
    "started": "开始停电",
    "changed": "改动",
    "delayed": "延迟",
    "early": "提前",
    "cancelled": "取消",
    "restored": "送电",
    "archived": "归档",
    "imported": "导入档案",
    "reopened": "送电后仍没电，重新打开",
    "warned": "提醒值班：预计时间快到",
    "silent": "告警：没有一条送达",
}
CHANNEL_WORDS = {
    "customer_group": "住户群",
    "official_account": "公众号",
    "phone": "电话上门",
    "liaison": "物业和社区",
}
DELIVERY_WORDS = {
    "pending": "等待发送",
    "sent": "已发出",
    "awaiting_owner": "等群主确认",
    "failed": "没发成",
    "dead": "没发成，不再试",
    "skipped": "过时没发",
}
LISTED = 100
DAYS_SHOWN = 30
URGENT_FIRST = (
    OutageState.UNDER_WAY,
    OutageState.IN_REVIEW,
    OutageState.DRAFT,
    OutageState.PUBLISHED,
)
LIVE = (OutageState.PUBLISHED, OutageState.UNDER_WAY)


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/outages")
    @only(*STAFF)
    def outages() -> ResponseReturnValue:
        return list_page(parts)

    @console.get("/outages/<code>")
    @only(*STAFF)
    def outage(code: str) -> ResponseReturnValue:
        return page(parts, code)

    @console.get("/outages/<code>/coverage")
    @only(*STAFF)
    def outage_coverage(code: str) -> ResponseReturnValue:
        with parts.looking() as desk:
            found = service.get(desk, code, lock=False)
            return render_template("console/coverage.html", **_coverage(desk, found))


def list_page(parts: Parts) -> str:
    who = person()
    with parts.looking() as desk:
        return render_template(
            "console/outages.html",
            rows=[_row(desk, one) for one in _listed(desk)],
            suspected=suspects.waiting(desk, who),
            hours=desk.tables.outages.default_fault_hours,
            may_act=who.role in DUTY,
            now=desk.now,
        )


def page(parts: Parts, code: str) -> str:
    who = person()
    with parts.looking() as desk:
        found = service.get(desk, code, lock=False)
        return render_template("console/outage.html", **_values(desk, found, who))


def _values(desk: Desk, found: Outage, who: Person) -> dict[str, Any]:
    area_codes = targeting.codes(found)
    is_draft = found.state in rules.DRAFTED
    is_own = who.is_everywhere or stations_of(desk, area_codes) == {who.station_code}
    asked = columns.of(found)
    return {
        "outage": found,
        "kind": rules.KIND_WORDS[found.kind],
        "state": rules.STATE_WORDS[found.state],
        "window": wording.window(found.starts_at, found.ends_at),
        "until": wording.until(found, desk.now),
        "areas": targeting.areas(desk.session, area_codes),
        "places": [place.text for place in queries.touched(desk.session, found)],
        "is_draft": is_draft,
        "is_live": found.state in LIVE,
        "may_act": who.role in DUTY and is_own,
        "is_wide": checks.is_wide(desk, asked),
        "warnings": _warnings(desk, found) if is_draft else [],
        "texts": _texts(desk, found) if is_draft else [],
        "tasks": _tasks(desk, found, who),
        "history": _history(desk, found),
        "groups": _unsure_groups(desk, found) if not is_draft else [],
        "troubles": alerts.troubles_of(desk, found),
        "now": desk.now,
    } | _coverage(desk, found)


def _coverage(desk: Desk, found: Outage) -> dict[str, Any]:
    reached = seen(desk, found)
    percent = 100 * reached.told // reached.households if reached.households else 0
    return {
        "outage": found,
        "is_draft": found.state in rules.DRAFTED,
        "is_live": found.state in LIVE,
        "reached": reached,
        "percent": percent,
        "channel_words": CHANNEL_WORDS,
        "delivery_words": DELIVERY_WORDS,
        "now": desk.now,
    }


def _listed(desk: Desk) -> list[Outage]:
    """Those that matter now first: under way, drafts, to come, then what was in the last weeks."""
    query = sa.select(Outage).where(Outage.ends_at > desk.now - timedelta(days=DAYS_SHOWN))
    if words := request.args.get("q", "").strip():
        query = query.where(
            sa.or_(
                Outage.outage_code.contains(words, autoescape=True),
                Outage.reason.contains(words, autoescape=True),
                Outage.areas.any(area_code=words),
            )
        )
    newest = list(desk.session.scalars(query.order_by(Outage.starts_at.desc()).limit(LISTED)))
    soonest = sorted(newest, key=lambda one: one.starts_at)
    return [one for state in URGENT_FIRST for one in soonest if one.state == state] + [
        one for one in newest if one.state not in URGENT_FIRST
    ]


def _row(desk: Desk, found: Outage) -> dict[str, Any]:
    area_codes = targeting.codes(found)
    return {
        "code": found.outage_code,
        "kind": rules.KIND_WORDS[found.kind],
        "state": rules.STATE_WORDS[found.state],
        "is_off": found.state == OutageState.UNDER_WAY,
        "window": wording.window(found.starts_at, found.ends_at),
        "is_late": found.state == OutageState.UNDER_WAY and found.ends_at < desk.now,
        "places": wording.short_places(queries.touched(desk.session, found))
        or wording.area_names(desk.session, area_codes),
        "households": targeting.households(desk.session, area_codes),
        "reason": wording.reason(found),
    }


def _warnings(desk: Desk, found: Outage) -> list[str]:
    """What to think about before publishing, and what forbids it."""
    try:
        return checks.check(desk, columns.of(found), known=found)
    except DomainError as fault:
        return [f"还不能发布：{fault.message}"]


def _texts(desk: Desk, found: Outage) -> list[tuple[str, str]]:
    """The words each channel will carry, as they would go out now."""
    notice = messages.prepare(desk, found, Step.PUBLICATION, 0)
    values = messages.facts(notice, notice.touched)
    kind = f"outage_{Step.PUBLICATION}"
    return [
        ("社区群", desk.words.text(kind, "group", values)),
        ("公众号", desk.words.text(kind, "resident", values)),
    ]


def _tasks(desk: Desk, found: Outage, who: Person) -> list[dict[str, Any]]:
    """Phone tasks; the number only for whoever is to call, and for duty officers."""
    tasks = phoning.tasks_of(desk, found)
    names = people.names(desk, {one.assignee_userid or "" for one in tasks})
    rows = []
    for one in tasks:
        is_mine = may_finish(desk, one, who)
        rows.append(
            {
                "task": one,
                "is_mine": is_mine,
                "who": names.get(one.assignee_userid or "", "无人"),
                "place": _place(desk, one),
                "customer": _customer(desk, one) if is_mine else None,
            }
        )
    return rows


def may_finish(desk: Desk, task: PhoneTask, who: Person) -> bool:
    """Its own person, the duty officers of its station, the command centre."""
    if who.is_everywhere or task.assignee_userid == who.userid:
        return True
    if who.role not in DUTY:
        return False
    found = desk.session.get_one(Outage, task.outage_id)
    return who.station_code in stations_of(desk, targeting.codes(found))


def _place(desk: Desk, task: PhoneTask) -> str:
    community = desk.session.get(Community, task.community_code) if task.community_code else None
    return (community.name if community else "") + (f"{task.building}栋" if task.building else "")


def _customer(desk: Desk, task: PhoneTask) -> Customer | None:
    return desk.session.get(Customer, task.customer_id) if task.customer_id else None


def _history(desk: Desk, found: Outage) -> list[tuple[Any, str, str, str]]:
    events = queries.history(desk.session, found)
    names = people.names(desk, {event.by for event in events}) | {
        "system": "系统",
        "import": "系统",
    }
    return [
        (
            event.at,
            ACTIONS.get(event.action, event.action),
            names.get(event.by, event.by),
            str(event.facts.get("reason", "")),
        )
        for event in reversed(events)
    ]


def _unsure_groups(desk: Desk, found: Outage) -> list[tuple[str, str]]:
    """Residents' groups and how far their post came."""
    seen = reach.survey(desk.session, found)
    rows = []
    for group in seen.groups:
        key = (group.channel, group.target)
        state = (
            "已送达" if key in seen.delivered else DELIVERY_WORDS.get(seen.states.get(key, ""), "")
        )
        rows.append((group.name, state or "没有发过"))
    return rows
