"""Phones, people who write too often, and tickets that were said to be done and are not."""

import re
import unicodedata
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from config.database import blind
from config.recall import found_none, recall
from handlers.customers import places as homes
from handlers.desk import Desk
from handlers.dialogue.answers import bare, is_skip
from handlers.dialogue.case import case_of, story, tells_something
from handlers.dialogue.details import is_detail
from handlers.dialogue.turn import Reply, Turn
from handlers.grid import queries as grid
from handlers.grid.places import Where, unit_of, where_of
from handlers.grid.rules import building_of, room_of
from handlers.outages import queries as outages
from handlers.tickets import service, words
from handlers.tickets.models import Action, Category, State, Ticket, TicketEvent
from handlers.tickets.opening import record
from handlers.tickets.rules import ACTIVE, STATE_WORDS

PHONE = re.compile(r"(?<!\d)(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
DARK = re.compile(r"(?:还|仍)(?:然|旧)?(?:是)?没(?:有)?(?:来)?电|还(?:是)?(?:黑|暗|没亮)|没恢复")
LONG = 5  # characters from which words are a story and not a slip
WRONG = re.compile(r"不是|不对|错了|搞错|说错|改成|改为|应该是|更正")
FEW = 20  # characters of a message that is about nothing else
STILL_HOURS = 12
TOO_OFTEN = (
    "您这件事已经说了好几次，不再让您跟我绕了，已请{who}直接联系您，单号 {number}。\n"
    "急事请打 {hotline}。"
)
REOPENED = "对不住，没给您弄好。{number} 已重新处理，{who}马上跟进，单号不变。"
UNDO = frozenset({"撤回", "撤销", "撤单"})
REPAIRS = (Category.OUTAGE, Category.FAULT, Category.POWER_QUALITY, Category.RECONNECTION)

# Built once: it is asked of nearly everyone who writes.
IS_OPEN = Ticket.state.in_([sa.literal_column(f"'{state}'") for state in sorted(ACTIVE)])
OPEN = (
    sa.select(Ticket)
    .where(Ticket.openid == sa.bindparam("openid"), IS_OPEN)
    .order_by(Ticket.id.desc())
)
HAS_OPEN = sa.exists().where(Ticket.openid == sa.bindparam("writer"), IS_OPEN)


def phone_in(text: str) -> str | None:
    """A phone number in a short answer, with spaces, full-width or Chinese digits."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"[\s\-—]", "", plain.translate(_DIGITS))
    match = PHONE.search(plain)
    return match[1] if match else None


_DIGITS = str.maketrans(dict(zip("零〇幺一二三四五六七八九", "001123456789", strict=True)))


def withdraws(text: str) -> bool:
    """「撤回」: whether a message, and nothing else, takes a report back."""
    return bare(text) in UNDO


def set_phone(desk: Desk, ticket: Ticket, phone: str) -> None:
    ticket.phone = phone
    ticket.phone_index = blind(desk.session, phone, "phone")
    ticket.phone_tail_index = blind(desk.session, phone[-4:], "phone_tail")
    if ticket.openid:
        homes.remember_phone(desk, ticket.openid, phone)
    record(desk, ticket, Action.ADD, by="resident", text=f"联系电话 {phone}", is_public=False)


def open_of(desk: Desk, openid: str) -> list[Ticket]:
    """A resident's open tickets, newest first."""
    return recall(
        desk.session,
        Ticket.__tablename__,
        f"open of {openid}",
        lambda: desk.session.scalars(OPEN, {"openid": openid}).all(),
    )


def has_none(desk: Desk, openid: str) -> None:
    """Another statement has found no open ticket of this resident."""
    found_none(desk.session, Ticket.__tablename__, f"open of {openid}")


def latest_of(desk: Desk, openid: str) -> Ticket | None:
    query = sa.select(Ticket).where(Ticket.openid == openid).order_by(Ticket.id.desc())
    return desk.session.scalars(query.limit(1)).first()


def pressed_ticket(desk: Desk, openid: str) -> Ticket | None:
    """The open repair of which this is the fourth contact within two hours (DOMAIN.md 6)."""
    rules = desk.tables.routing.rules
    since = desk.now - timedelta(hours=rules.contacts_window_hours)
    for ticket in open_of(desk, openid):
        if ticket.category not in REPAIRS:
            continue
        contacts = desk.session.scalar(
            sa.select(sa.func.count())
            .select_from(TicketEvent)
            .where(
                TicketEvent.ticket_id == ticket.id,
                TicketEvent.by == "resident",
                TicketEvent.action.in_((Action.OPENED, Action.ADD, Action.URGE)),
                TicketEvent.at >= since,
            )
        )
        if (contacts or 0) + 1 >= rules.contacts_to_person:
            return ticket
    return None


def to_person(turn: Turn, desk: Desk, ticket: Ticket) -> Reply:
    """Who has said it often enough is phoned by the person of the ticket."""
    service.urge(desk, ticket, text=f"两小时内多次联系，请直接打电话。{turn.text}")
    who = f"{ticket.assignee.name}师傅" if ticket.assignee else "值班人员"
    hotline = desk.tables.contacts.hotline
    return turn.finish(TOO_OFTEN.format(who=who, number=ticket.number, hotline=hotline))


def recent_done(desk: Desk, openid: str) -> Ticket | None:
    """The last repair done within the days in which 「还没好」 opens the same ticket again."""
    since = desk.now - timedelta(days=desk.tables.routing.rules.reopen_days)
    query = (
        sa.select(Ticket)
        .where(
            Ticket.openid == openid,
            Ticket.state.in_((State.RESOLVED, State.CLOSED)),
            Ticket.resolved_at >= since,
        )
        .order_by(Ticket.resolved_at.desc())
    )
    return desk.session.scalars(query.limit(1)).first()


def reopen_recent(turn: Turn, desk: Desk) -> Reply | None:
    """Open the ticket again that was said to be done; None where there is none."""
    ticket = recent_done(desk, turn.user_id)
    if ticket is None or ticket.category not in REPAIRS:
        return None
    service.reopen(desk, ticket, by="resident", text=story(case_of(turn)) or turn.inbound.text)
    who = f"{ticket.assignee.name}师傅" if ticket.assignee else "值班人员"
    return turn.finish(REOPENED.format(number=ticket.number, who=who))


def tells_more(turn: Turn) -> bool:
    """Whether a phone was asked for and more of the story came."""
    text = turn.inbound.text
    is_asked = turn.memory["form"].get("asking") == "phone"
    has_digits = any(sign.isdigit() for sign in text) or phone_in(text) is not None
    is_more = tells_something(text) and len(text.strip()) >= LONG and not has_digits
    return is_asked and (is_more or is_detail(text)) and not is_skip(text)


def corrected_place(turn: Turn, desk: Desk, place: dict[str, Any]) -> Where | None:
    """The place as corrected after the ticket was opened: 「不是3栋，是5栋」; else None."""
    addresses, names = turn.values("address"), turn.values("community")
    if not WRONG.search(turn.inbound.text) or not (addresses or len(names) == 1):
        return None
    if len(names) == 1 and (named := grid.community_by_name(desk.session, names[0])):
        place.update(name=named.name, code=named.community_code, unit=unit_of(named.kind))
    if addresses:
        place["building"], place["room"] = building_of(addresses[-1]), room_of(addresses[-1])
    return where_of(place)


def completed_place(turn: Turn, desk: Desk, place: dict[str, Any]) -> Where | None:
    """The place, or the room, that is told only after the ticket was opened; None if none is new."""
    address, name = turn.value("address"), turn.value("community")
    if place.get("code") is None and name is not None:
        named = grid.community_by_name(desk.session, name)
        if named is not None:
            place.update(name=named.name, code=named.community_code, unit=unit_of(named.kind))
            place.update(building=building_of(address or ""), room=room_of(address or ""))
            return where_of(place)
    if address is None or place.get("room") or place.get("code") is None:
        return None
    building, room = building_of(address), room_of(address)
    if place.get("building") and not room:
        return None
    is_rest = place.get("building") and "栋" not in address
    place["building"] = place["building"] if is_rest else building
    place["room"] = address if is_rest else room
    return where_of(place)


def is_still_dark(turn: Turn, desk: Desk) -> bool:
    """Whether someone says in few words that it is dark where power was said to be back."""
    if len(turn.inbound.text) > FEW or not DARK.search(turn.inbound.text):
        return False
    home = homes.known_place(desk, turn.user_id)
    if home is None or home.community_code is None:
        return False
    names = turn.values("community")
    if names and names != [home.name]:
        return False
    restored = outages.restored_lately(
        desk.session, home.community_code, home.building, desk.now, hours=STILL_HOURS
    )
    return restored is not None


def line(ticket: Ticket) -> str:
    """A ticket in one line, for choosing among several."""
    matter = words.BY_CATEGORY[Category(ticket.category)]
    return f"{ticket.number} {matter} {STATE_WORDS[State(ticket.state)]}"
