"""Questions of knowledge: how things are done, safety, who and where."""

import re

from handlers.desk import Desk
from handlers.dialogue.case import case_of, story
from handlers.dialogue.turn import Reply, Turn
from handlers.grid import queries as grid
from handlers.guide import contact, service

UNSURE = "这个我不确定，不敢乱说，已记下来请同事补上。\n急着知道请回「人工」，或打 {hotline}。"
HALL = re.compile(r"营业厅|营业所|服务站|供电所|供电站|大厅|几点|上班|下班|开门|关门|地址|在哪")
LINES = re.compile(r"95598|12398|12345|热线|投诉电话|客服电话|监管|举报电话")
MANAGER = re.compile(r"经理|网格|管我们|负责|联系人|师傅|电工|台区")
STATIONS = re.compile(r"充电站|充电桩|充电的地方|快充|哪.{0,4}充电")
NUMBERS = "供电服务热线：{hotline}（24小时）\n能源监管投诉：{regulator}\n政府热线：{city}"
CHARGING = "附近的充电站，在网上国网App点「找桩充电」，或地图里搜「充电站」，能看到空位和价格。"


def ask_guide(turn: Turn, desk: Desk) -> Reply:
    """How something is done, from the guide."""
    return _unsure(turn, desk)


def ask_safety(turn: Turn, desk: Desk) -> Reply:
    """Advice on using electricity safely."""
    return _unsure(turn, desk)


def find_contact(turn: Turn, desk: Desk) -> Reply:
    """Who looks after a place, where the hall is, the hotlines, a charging station."""
    words = story(case_of(turn)) or turn.text
    contacts = desk.tables.contacts
    if LINES.search(words):
        return turn.finish(
            NUMBERS.format(
                hotline=contacts.hotline, regulator=contacts.regulator, city=contacts.city
            )
        )
    if STATIONS.search(words):
        return turn.finish(CHARGING)
    wants_hall = bool(HALL.search(words)) and not MANAGER.search(words)
    if wants_hall and (station := contact.only_station(desk)) is not None:
        return turn.finish(contact.hall(station))
    place = contact.where(turn, desk)
    if isinstance(place, Reply):
        return place
    spot = grid.locate(desk.session, place.community_code or "", place.building)
    if wants_hall and spot is not None:
        return turn.finish(contact.hall(spot.station))
    return turn.finish(contact.manager(desk, place))


def _unsure(turn: Turn, desk: Desk) -> Reply:
    """Say honestly that it is not known, and list the question for the editors."""
    service.not_answered(desk, turn.text, intent=turn.meaning.intent)
    return turn.finish(UNSURE.format(hotline=desk.tables.contacts.hotline))
