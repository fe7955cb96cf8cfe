"""Talk about notices: on, off, or not at night."""

import re

from handlers.customers import service as customers
from handlers.customers.models import Resident
from handlers.customers.places import home_text, known_place
from handlers.desk import Desk
from handlers.dialogue.form import Field, Form
from handlers.dialogue.turn import Choice, Reply, Turn
from handlers.outages import queries, service

OFF = re.compile(
    r"(?:别|不要|不用|不想|不再|不必|甭|莫).{0,6}(?:发|通知|提醒|推送|收到?|打扰)|取消|退订|关闭|关掉|关了|屏蔽"
    r"|(?:停止|停了).{0,4}(?:提醒|通知|推送|订阅)"
)
ON = re.compile(
    r"提醒我|通知我|告诉我|打开|开启|开通|恢复|订阅|要(?:收|接收|停电)|帮我.{0,4}(?:提醒|通知)"
)
BILLS = re.compile(r"电费|缴费|交费|欠费|催费|账单")
NIGHT = re.compile(r"晚上|夜里|半夜|夜间|休息|勿扰|免打扰|睡觉")
HOURS = re.compile(
    r"(晚上|夜里|晚)?\s*(\d{1,2})\s*(?:点|:00|：00|时)\D{0,4}?(?:到|至|-|—|~).{0,3}?(\d{1,2})\s*(?:点|:00|：00|时)"
)
NOON = 12
CHOICES = (
    Choice("打开停电提醒", "on", ("打开", "开")),
    Choice("关闭停电提醒", "off", ("关闭", "关")),
    Choice("晚上别发", "night", ("晚上", "夜里")),
)
WISH = Form("subscription", (Field("wish", ask="停电提醒您想怎么设？", choices=CHOICES),))
FOLLOWED = "好的，{place}来电后马上告诉您。"
TURNED_ON = "好的，{places}要停电会提前告诉您，有变化、来了电也告诉您。"
UNBOUND = "好的，提醒打开了。提醒按户号发，还要绑定户号：回复「绑定」就行。"
TURNED_OFF = "好的，停电提醒关掉了，以后不再发。想再收，回复「打开停电提醒」。"
QUIET = "好的，{begins}到{ends}不发停电提醒。故障停电和12小时内要停的，还是会马上告诉您。"
BILLS_ON = "好的，电费快到停电的日子前会提醒您。提醒按户号发，没绑定的回「绑定」。"
BILLS_OFF = "好的，电费提醒关掉了。欠费太久还是会停电，记得按时交。想再收，回「打开电费提醒」。"
NOT_HERE = "停电提醒在公众号里设置，请到公众号发「停电提醒」。"


def manage_subscription(turn: Turn, desk: Desk) -> Reply:
    """Turn outage notices on or off, or keep the nights quiet."""
    resident = desk.session.get(Resident, turn.user_id)
    if resident is None:
        return turn.finish(NOT_HERE)
    wish = _wish(turn)
    if isinstance(wish, Reply):
        return wish
    if BILLS.search(turn.text) and wish in {"on", "off"}:
        resident.wants_bills = wish == "on"
        return turn.finish(BILLS_ON if resident.wants_bills else BILLS_OFF)
    if wish == "off":
        resident.wants_notices = False
        return turn.finish(TURNED_OFF)
    if wish == "night":
        return turn.finish(_keep_quiet(desk, resident, turn.inbound.text))
    resident.wants_notices = True
    return turn.finish(_turned_on(turn, desk))


def _wish(turn: Turn) -> str | Reply:
    if turn.is_fresh:
        if NIGHT.search(turn.text) or HOURS.search(turn.text):
            return "night"
        if OFF.search(turn.text):
            return "off"
        if ON.search(turn.text):
            return "on"
    answers = WISH.advance(turn)
    return answers if isinstance(answers, Reply) else str(answers["wish"])


def _keep_quiet(desk: Desk, resident: Resident, text: str) -> str:
    """Quiet hours as told, else the usual ones."""
    begins, ends = desk.tables.channels.quiet_from, desk.tables.channels.quiet_until
    if (told := HOURS.search(text)) is not None:
        first, last = int(told[2]) % 24, int(told[3]) % 24
        if told[1] and first < NOON and first:
            first += NOON
        begins, ends = f"{first:02d}:00", f"{last:02d}:00"
    resident.quiet_from, resident.quiet_until = begins, ends
    return QUIET.format(begins=begins, ends=ends)


def _turned_on(turn: Turn, desk: Desk) -> str:
    """Which places it is for; an outage that is on is followed at once."""
    home = known_place(desk, turn.user_id)
    if home is not None and home.community_code:
        outage = queries.active_at(desk.session, home.community_code, home.building, desk.now)
        if outage is not None:
            service.subscribe(
                desk,
                outage,
                turn.user_id,
                community_code=home.community_code,
                building=home.building,
            )
            return FOLLOWED.format(place=home.name)
    homes = customers.bound(desk, turn.user_id)
    places = list(dict.fromkeys(home_text(desk, home) for home in homes))
    return TURNED_ON.format(places="、".join(places)) if places else UNBOUND
