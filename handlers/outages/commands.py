"""「停电 …」 in the WeCom application: staff look up, publish, delay, cancel and restore."""

import re
from datetime import datetime, timedelta

from handlers.desk import Desk
from handlers.errors import DomainError, NotAllowedError, NotFoundError
from handlers.grid import queries as grid
from handlers.grid.models import Role, Staff
from handlers.outages import answers, permissions, queries, rules, service, targeting, wording
from handlers.outages.coverage import seen
from handlers.outages.models import Kind, Outage, OutageState

MAY_ACT = frozenset(
    {
        Role.COMMAND_CENTER,
        Role.ADMIN,
        Role.STATION_HEAD,
        Role.TEAM_LEADER,
        Role.EQUIPMENT_MANAGER,
        Role.REPAIR_CREW,
    }
)
HELP = (
    "停电 — 现在和今天的停电\n"
    "停电 小区名 — 那里的停电\n"
    "停电 TD… — 状态和通知到户\n"
    "停电 故障 TQ… 16:30 原因 — 登记并发布故障停电\n"
    "停电 审核 TD… ｜停电 发布 TD…\n"
    "停电 延迟 TD… 18:00 ｜停电 取消 TD… ｜停电 送电 TD… 17:20"
)
CODE = re.compile(r"TD\w+", re.ASCII)
AREA = re.compile(r"TQ\w+", re.ASCII)
CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3])[:：]([0-5]\d)(?!\d)")
VERBS = ("故障", "审核", "发布", "延迟", "改时间", "取消", "送电")
MOST = 10


def answer(desk: Desk, userid: str, text: str) -> str:
    """Do or look up what follows 「停电」; raises DomainError with what to write instead."""
    person = grid.member(desk.session, userid)
    if person is None:
        raise NotAllowedError(grid.NO_STAFF)
    rest = text.strip().removeprefix("停电").strip()
    if not rest:
        return _overview(desk)
    if rest in {"帮助", "?", "？"}:
        return HELP
    verb = next((verb for verb in VERBS if rest.startswith(verb)), None)
    if verb is not None:
        _require_role(person)
        return _act(desk, person, verb, rest.removeprefix(verb))
    if (code := CODE.search(rest)) is not None:
        return _status(desk, service.get(desk, code[0], lock=False))
    return _of_place(desk, rest)


def _act(desk: Desk, person: Staff, verb: str, rest: str) -> str:
    userid = person.userid
    if verb == "故障":
        return _fault(desk, person, rest)
    code = CODE.search(rest)
    if code is None:
        raise DomainError(f"请写上停电编号，例如：停电 {verb} TD2026112601")
    outage = service.get(desk, code[0])
    _require_own(desk, person, targeting.codes(outage))
    moment = _clock(desk, rest.replace(code[0], ""))
    if verb == "审核":
        service.approve(desk, outage, by=userid)
    elif verb == "发布":
        service.publish(desk, outage, by=userid)
    elif verb == "取消":
        service.cancel(desk, outage, by=userid)
    elif verb == "送电":
        service.restore(desk, outage, by=userid, at=moment)
    else:
        _delay(desk, userid, outage, moment)
    return _status(desk, outage)


def _delay(desk: Desk, userid: str, outage: Outage, moment: datetime | None) -> None:
    if moment is None:
        raise DomainError(f"请写上新的送电时间，例如：停电 延迟 {outage.outage_code} 18:00")
    ends_at = moment + timedelta(days=1) if moment <= desk.now else moment
    service.change(desk, outage, {"ends_at": ends_at}, by=userid)


def _fault(desk: Desk, person: Staff, rest: str) -> str:
    """Publish a fault at once; the command centre changes it when more is known."""
    area_codes = AREA.findall(rest)
    if not area_codes:
        raise DomainError("请写上台区编号，例如：停电 故障 TQ0001 16:30 电缆烧坏")
    _require_own(desk, person, area_codes)
    hours = desk.tables.outages.default_fault_hours
    ends_at = _clock(desk, rest) or desk.now + timedelta(hours=hours)
    if ends_at <= desk.now:
        ends_at += timedelta(days=1)
    reason = CLOCK.sub("", AREA.sub("", rest)).strip(" ,，;；、")
    raw = {
        "kind": Kind.FAULT,
        "area_codes": list(dict.fromkeys(area_codes)),
        "starts_at": desk.now,
        "ends_at": ends_at,
        "reason": reason,
    }
    outage, _ = service.draft(desk, raw, by=person.userid)
    service.publish(desk, outage, by=person.userid)
    return _status(desk, outage)


def _overview(desk: Desk) -> str:
    tomorrow = desk.now + timedelta(days=1)
    states = {OutageState.PUBLISHED, OutageState.UNDER_WAY}
    found = [
        outage
        for outage in queries.public(desk.session, after=desk.now, until=tomorrow)
        if outage.state in states
    ]
    if not found:
        return f"现在没有停电，24小时内也没有安排。\n\n{HELP}"
    lines = [_line(desk, outage) for outage in found[:MOST]]
    if len(found) > MOST:
        lines.append(f"还有{len(found) - MOST}个，请到工作台看。")
    return "\n".join(lines)


def _line(desk: Desk, outage: Outage) -> str:
    places = wording.short_places(queries.touched(desk.session, outage)[:2])
    window = wording.window(outage.starts_at, outage.ends_at)
    return f"{outage.outage_code} {rules.STATE_WORDS[outage.state]} {window} {places}"


def _status(desk: Desk, outage: Outage) -> str:
    desk.session.flush()
    told = seen(desk, outage)
    lines = [
        _line(desk, outage),
        f"{rules.KIND_WORDS[outage.kind]}，{wording.reason(outage)}",
        f"影响{told.households}户，已通知{told.told}户",
    ]
    lines += [f"没通知到：{row.community} {row.households}户，{row.why}" for row in told.untold[:5]]
    return "\n".join(lines)


def _of_place(desk: Desk, text: str) -> str:
    names = list(dict.fromkeys(found.value for found in desk.places.find(text)))
    if not names:
        raise NotFoundError(f"没找到「{text[:20]}」，请写小区名或停电编号。\n\n{HELP}")
    parts = []
    for name in names[:3]:
        community = grid.community_by_name(desk.session, name)
        if community is None:
            continue
        off = queries.active_at(desk.session, community.community_code, "", desk.now)
        coming = answers.soon(desk, community.community_code, "")
        rows = [_line(desk, outage) for outage in ([off] if off else []) + coming]
        parts.append("\n".join([name, *(rows or ["没有停电，7天内也没有安排"])]))
    return "\n\n".join(parts)


def _clock(desk: Desk, text: str) -> datetime | None:
    """A clock time of today."""
    match = CLOCK.search(text)
    if match is None:
        return None
    return desk.now.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)


def _require_role(person: Staff) -> None:
    if person.role not in MAY_ACT:
        raise NotAllowedError("这项操作要供指、班长、站长、设备管理员或抢修班来做。")


def _require_own(desk: Desk, person: Staff, area_codes: list[str]) -> None:
    permissions.require_areas(
        desk.session, area_codes, role=person.role, station_code=person.station_code
    )
