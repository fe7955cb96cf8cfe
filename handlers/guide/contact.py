"""Who is responsible for a place, where the hall is, and the numbers to call."""

import re

import sqlalchemy as sa

from handlers.customers.places import known_place
from handlers.desk import Desk
from handlers.dialogue.case import case_of, story
from handlers.dialogue.turn import Reply, Turn
from handlers.grid import queries as grid
from handlers.grid.models import Community, CommunityGroup, Staff, Station
from handlers.grid.places import Where, ask_place
from handlers.grid.rules import is_on_shift
from handlers.guide import pages, search
from nlu.normalise import normalise

MANAGER = "{place}的网格经理是{name}，电话 {phone}。"
OFF_SHIFT = "现在不是上班时间（{starts}–{ends}），急事打值班电话 {duty}（24小时）。"
AWAY = "{name}今天休假，请找{cover}，电话 {phone}。"
NO_MANAGER = "{place}现在没有登记网格经理，请打服务站电话 {phone}。"
HALL = "{name}\n地址：{address}\n时间：{hours}\n电话：{phone}"
DUTY = "晚上抢修值班：{duty}（24小时）"
HOLIDAY = "节假日可能调整，去前打电话问一声。多数业务在这里说一声就能办，不用跑。"
UNKNOWN_PLACE = "没找到「{place}」归哪个站。请打 {hotline}（24小时），会给您查到。"
LINES = "报修、投诉、咨询都打 {hotline}，24小时有人。\n不满意处理：能源监管 {regulator}，政府热线 {city}。"
PERSON = "师傅的私人电话不方便给。报过修的，回「查进度」能看到谁在办；\n东西落下、有急事，打 {hotline}，马上帮您找到他。"
GROUP = "想进小区用电服务群，加他微信，说小区名和楼栋，请他拉您。"
EMAIL = "没有收信的邮箱。有意见、投诉直接在这里说，会有单号和答复；也可以打 {hotline}。"
NAME_A_PLACE = "请@我并说小区名，例如「某某小区的网格经理是谁」。"
DAYS = (("Mon-Fri", "周一至周五"), ("Mon-Sat", "周一至周六"), ("Mon-Sun", "每天"))
EVERY_DAY = "每天"

IS_LINE = re.compile(
    r"95598|12398|12345|热线|投诉电话|客服电话|监管|举报(?:电话|号码)|抢修电话|报修(?:打|电话)|打什么电话|打哪个电话|投诉.{0,4}(?:打|电话)"
)
IS_STATIONS = re.compile(r"充电站|快充|哪.{0,4}充电|充电的地方|充电桩.{0,4}(?:在哪|哪里|位置)")
IS_MANAGER = re.compile(
    r"谁.{0,3}管|谁.{0,3}负责|边个负责|哪.{0,2}师傅|设备主人|微信群|服务群|对接.{0,6}人|经理|网格|网各|管我们|归哪|哪个管|谁管|负责|联系人|电工|管电|台区|片区"
)
IS_PERSON = re.compile(r"[\u4e00-\u9fff]师傅|师傅.{0,6}(?:电话|联系|号码)|(?:电话|联系).{0,4}师傅")
IS_GROUP = re.compile(r"微信群|服务群|进群|入群")
IS_EMAIL = re.compile(r"邮箱|邮件|email", re.IGNORECASE)
MAX_STATIONS = 4
CHARGING_PAGE = "resident/charging-station"


def find_contact(turn: Turn, desk: Desk) -> Reply:
    """Who looks after a place, where the hall is and when it is open, the hotlines."""
    words = normalise(story(case_of(turn)) or turn.text)
    if (public := _public(desk, words)) is not None:
        return turn.finish(public)
    is_manager = bool(IS_MANAGER.search(words))
    if not is_manager and (halls := _halls(turn, desk)):
        return turn.finish("\n\n".join([*halls, HOLIDAY]))
    place = _where(turn, desk)
    if isinstance(place, Reply):
        return place
    spot = grid.locate(desk.session, place.community_code or "", place.building)
    if spot is None:
        hotline = desk.tables.contacts.hotline
        return turn.finish(UNKNOWN_PLACE.format(place=place.name, hotline=hotline))
    if not is_manager:
        duty = DUTY.format(duty=spot.station.duty_phone)
        return turn.finish(f"{_hall(spot.station)}\n{duty}\n{HOLIDAY}")
    said = _manager(desk, place, spot)
    return turn.finish(f"{said}\n{GROUP}" if IS_GROUP.search(words) else said)


def _halls(turn: Turn, desk: Desk) -> list[str]:
    """All halls, where it is not known which one is near and there are few."""
    if turn.values("community") or _home(turn, desk) is not None:
        return []
    stations = desk.session.scalars(sa.select(Station).order_by(Station.station_code)).all()
    return [_hall(station) for station in stations] if len(stations) <= MAX_STATIONS else []


def _public(desk: Desk, words: str) -> str | None:
    """What needs no place: hotlines, charging stations, how to write to us."""
    contacts = desk.tables.contacts
    if IS_EMAIL.search(words):
        return EMAIL.format(hotline=contacts.hotline)
    if IS_PERSON.search(words) and not IS_MANAGER.search(words):
        return PERSON.format(hotline=contacts.hotline)
    if IS_LINE.search(words):
        return pages.filled(LINES, contacts)
    if IS_STATIONS.search(words) and (page := desk.tables.guide.page(CHARGING_PAGE)) is not None:
        return pages.said(page, contacts)
    found = search.residents(desk).search(words, intent="find_contact", limit=2, on=desk.now.date())
    if found and found[0].score > search.VERY_SURE and "find_contact" in found[0].page.intents:
        return pages.said(found[0].page, contacts)
    return None


def _where(turn: Turn, desk: Desk) -> Where | Reply:
    """The place named, else where the person or the group is; asked for where that is unknown."""
    known = _home(turn, desk)
    if turn.is_fresh and known is not None and not turn.values("community"):
        return known
    if turn.inbound.chat_id and not turn.values("community"):
        return Reply(NAME_A_PLACE)
    return ask_place(turn, desk, known=known)


def _home(turn: Turn, desk: Desk) -> Where | None:
    """Where the person lives; in a group only the group's own community, which all know."""
    if not turn.inbound.chat_id:
        return known_place(desk, turn.user_id)
    query = sa.select(CommunityGroup).where(CommunityGroup.target == turn.inbound.chat_id)
    group = desk.session.scalar(query.limit(1))
    code = group.community_codes[0] if group is not None and group.community_codes else ""
    community = desk.session.get(Community, code) if code else None
    return Where(community.community_code, community.name) if community is not None else None


def _hall(station: Station) -> str:
    """A station's hall as on the notice at its door."""
    return HALL.format(
        name=station.name,
        address=station.address,
        hours=opening_hours(station.hall_hours),
        phone=station.phone,
    )


def opening_hours(text: str) -> str:
    """`Mon-Fri 08:30-17:00` in words; no days named means every day."""
    for code, days in DAYS:
        if text.startswith(code):
            return f"{days} {text.removeprefix(code).strip()}"
    return f"{EVERY_DAY} {text}" if text else "请打电话问"


def _manager(desk: Desk, place: Where, spot: grid.Spot) -> str:
    """Who looks after a place; who covers while they are away, whom to call at night."""
    members = grid.grid_members(desk.session, spot.grid.grid_code)
    person = next((staff for duty, staff in members if duty.is_responsible), None)
    if person is None:
        return NO_MANAGER.format(place=place.name, phone=spot.station.phone)
    said = MANAGER.format(place=place.name, name=person.name, phone=person.phone)
    if grid.on_leave(desk.session, [person.userid], desk.now):
        covers = [staff for duty, staff in members if duty.duty == "B"]
        on_duty = grid.on_duty(desk.session, covers, desk.now)
        if on_duty:
            cover = on_duty[0]
            away = AWAY.format(name=person.name, cover=cover.name, phone=cover.phone)
            return f"{said}\n{away}"
    return said + _off_shift(desk, person, spot.station)


def _off_shift(desk: Desk, person: Staff, station: Station) -> str:
    if is_on_shift(person.starts, person.ends, desk.now):
        return ""
    words = OFF_SHIFT.format(starts=person.starts, ends=person.ends, duty=station.duty_phone)
    return f"\n{words}"
