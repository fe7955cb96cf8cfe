"""Who is responsible for a place, and where the hall is, from the registry."""

import sqlalchemy as sa

from handlers.customers.places import known_place
from handlers.desk import Desk
from handlers.dialogue.turn import Reply, Turn
from handlers.grid import queries as grid
from handlers.grid.models import Staff, Station
from handlers.grid.places import Where, ask_place
from handlers.grid.rules import is_on_shift

MANAGER = "{place}的网格经理是{name}，电话 {phone}。"
OFF_SHIFT = "现在不是上班时间（{starts}–{ends}），急事打值班电话 {duty}（24小时）。"
NO_MANAGER = "{place}现在没有登记网格经理，请打服务站电话 {phone}。"
HALL = "{name}\n地址：{address}\n时间：{hours}\n电话：{phone}\n抢修值班：{duty}（24小时）"
UNKNOWN_PLACE = "没找到「{place}」归哪个站。请打 {hotline}（24小时），会给您查到。"
DAYS = (("Mon-Fri", "周一至周五"), ("Mon-Sun", "每天"), ("Mon-Sat", "周一至周六"))


def hall(station: Station) -> str:
    """A station's hall in the words of a notice at its door."""
    return HALL.format(
        name=station.name,
        address=station.address,
        hours=hours(station.hall_hours),
        phone=station.phone,
        duty=station.duty_phone,
    )


def hours(text: str) -> str:
    for code, words in DAYS:
        text = text.replace(code, words)
    return text.replace("-", "–")


def only_station(desk: Desk) -> Station | None:
    """The station, where the utility has but one."""
    stations = desk.session.scalars(sa.select(Station).limit(2)).all()
    return stations[0] if len(stations) == 1 else None


def where(turn: Turn, desk: Desk) -> Where | Reply:
    """The place named, else where the person lives; asked for where neither is known."""
    known = known_place(desk, turn.user_id)
    if turn.is_fresh and known is not None and not turn.values("community"):
        return known
    return ask_place(turn, desk, known=known)


def manager(desk: Desk, place: Where) -> str:
    """Who looks after a place, and whom to call when they are off."""
    spot = grid.locate(desk.session, place.community_code or "", place.building)
    if spot is None:
        return UNKNOWN_PLACE.format(place=place.name, hotline=desk.tables.contacts.hotline)
    members = grid.grid_members(desk.session, spot.grid.grid_code)
    person = next((staff for duty, staff in members if duty.is_responsible), None)
    if person is None:
        return NO_MANAGER.format(place=place.name, phone=spot.station.phone)
    said = MANAGER.format(place=place.name, name=person.name, phone=person.phone)
    return said + _off_shift(desk, person, spot.station)


def _off_shift(desk: Desk, person: Staff, station: Station) -> str:
    if is_on_shift(person.starts, person.ends, desk.now):
        return ""
    words = OFF_SHIFT.format(starts=person.starts, ends=person.ends, duty=station.duty_phone)
    return f"\n{words}"
