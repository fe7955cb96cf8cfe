"""What is said in danger, before anything else (DOMAIN.md section 4, in our own words)."""

from handlers.desk import Desk
from handlers.dialogue.turn import Danger
from handlers.grid.models import Station
from handlers.grid.places import Where
from handlers.tickets.models import State, Ticket

LEAVE = "先保人身安全：马上离开，拦住别人和小孩别靠近。"
SAFETY: dict[str, str] = {
    "contact": "别用手碰触电的人！先断开总开关，断不了就用干木棍、干扁担挑开电线，马上打120；没有呼吸会做心肺复苏的马上做。",
    "fire": "先跑远，马上打119！来得及就断开总开关；带电的东西不能泼水，用干粉灭火器。",
    "explosion": "马上跑远，别回去看；有人受伤打120，起火打119。",
    "sparks": LEAVE
    + "别碰冒火花的地方，有电线掉在地上就离开8米以外；来得及就断开总开关；起火打119，不要泼水。",
    "wire_down": LEAVE
    + "落地、垂下的电线都当有电，离开8米以外；已经在旁边的，双脚并拢或单脚跳着离开。",
    "water": LEAVE + "别踩水、别碰灯杆和配电箱，绕着走；屋里进水就断开总开关，手脚湿别碰开关。",
    "smell": "马上断开总开关，别再用，别拆开看；冒烟起火打119，不要泼水。",
    "overvoltage": "灯突然特别亮、电器冒烟，是电压太高：马上断开家里总开关，拔掉插头，等师傅来再送电。",
    "structure": LEAVE + "电杆、铁架可能倒，离开两倍杆高以外；电线碰不得。",
    "life_support": "家里有人靠呼吸机、制氧机：马上换备用电源或氧气袋，人不舒服立刻打120。我们按最急的派人。",
    "stuck_lift": "电梯里的人别扒门、别跳，按警铃，马上打119或物业电话，等人来救。",
    "other": LEAVE + "别碰电线和带电的东西；有人受伤打120，起火打119。",
}
CALL = "同时请马上打 {hotline}{duty}。"
OPENED = "已按{level}受理，单号 {number}，正在呼叫抢修师傅，没人接会一直呼叫。"
NO_GUESS = "千万别爬杆、别开表箱、跳了的开关别再合。"
ASK_WHERE = "师傅要知道地点："
ASK_MORE = "方便的话发张照片（在安全的地方拍）或具体位置，没有就不用管。"
NOTED = "记下了，单号 {number}。人在安全的地方等，急就打 {hotline}。"
PLACED = "地点记下了：{place}，已通知{who}。单号 {number}。人在安全的地方等。"
LEAVE_PHONE = "再发个手机号，师傅好马上打给您。"
URGENT = {"life_support", "stuck_lift"}


def first_words(danger: Danger | None) -> str:
    """What someone stuck or on life support reads before the ticket; empty otherwise."""
    return SAFETY[danger.kind] if danger is not None and danger.kind in URGENT else ""


def words(desk: Desk, danger: Danger | None, ticket: Ticket) -> str:
    """Safety words, whom to call, and that the ticket is open."""
    contacts = desk.tables.contacts
    text = SAFETY.get(danger.kind if danger else "other", SAFETY["other"])
    duty = _duty_phone(desk, ticket)
    level = "最急件" if ticket.priority == "P0" else "急件"
    lines = [
        text,
        CALL.format(hotline=contacts.hotline, duty=f"，或值班电话 {duty}" if duty else ""),
        "" if danger is not None and danger.kind in URGENT else NO_GUESS,
        OPENED.format(level=level, number=ticket.number),
    ]
    return "\n".join(filter(None, lines))


def placed(ticket: Ticket, where: Where) -> str:
    """After the place is known: where it went."""
    if ticket.state == State.OPEN or ticket.assignee is None:
        who = "供电服务指挥中心"
    else:
        who = f"{ticket.assignee.name}师傅"
    said = PLACED.format(place=where.text or "您说的地方", who=who, number=ticket.number)
    return said if ticket.phone else f"{said}\n{LEAVE_PHONE}"


def _duty_phone(desk: Desk, ticket: Ticket) -> str:
    station = desk.session.get(Station, ticket.station_code) if ticket.station_code else None
    return station.duty_phone if station else ""
