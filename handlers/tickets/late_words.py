"""What a resident sends after the questions are over: a phone, a house number, and little else."""

import re
from datetime import timedelta

from handlers.desk import Desk
from handlers.dialogue.details import is_detail
from handlers.dialogue.turn import Reply, Turn
from handlers.grid import queries as grid
from handlers.grid.models import Community
from handlers.grid.places import Where, unit_of
from handlers.grid.rules import building_of, room_of
from handlers.masking import mask_number
from handlers.outages import last_metre
from handlers.tickets import contact, notices, service
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import add_words
from handlers.tickets.placing import place_ticket

LABEL = 10  # characters beside a number that only say whose or what it is
PAPER = re.compile(r"登记|预留|户头|户号|绑定|过户|短信|充")
DIGITS = re.compile(r"[\d\s\-—]")
PHONE_KEPT = "电话 {phone} 记到 {number} 了，师傅会打这个号。"
PLACE_KEPT = "地点记到 {number} 了：{place}。"
WORDS_KEPT = "已补到 {number} 里。还有别的事，直接说就行。"
NAMELESS = "好的，{number} 按匿名登记，不会让人知道是您。"
ANONYMOUS = re.compile(r"匿名|(?:别|不要|不想).{0,4}(?:是我|名字|露面)|保密")
MONEY = frozenset({Category.BILLING, Category.CLAIM})
JUST_NOW = timedelta(minutes=15)
MOST = 40  # characters of an afterthought


def take(turn: Turn, desk: Desk, *, is_place_alone: bool) -> Reply | None:
    """Put it on the newest open ticket; None where it is something else, or none is open.

    「来电了」 after a restoration helps to end what was opened again.
    """
    if last_metre.says_back(turn.inbound.text):
        return _back(turn, desk)
    if ticket := of_a_detail(desk, turn.user_id, turn.inbound.text):
        add_words(desk, ticket, turn.inbound.text, by="resident")
        return Reply(WORDS_KEPT.format(number=ticket.number))
    if ticket := _of_the_same(turn, desk):
        add_words(desk, ticket, turn.inbound.text, by="resident")
        return Reply(WORDS_KEPT.format(number=ticket.number))
    phone, address = turn.value("phone"), turn.value("address")
    if (phone is None and address is None and not is_place_alone) or turn.values("account_number"):
        return None
    ticket = next(iter(contact.open_of(desk, turn.user_id)), None)
    if ticket is None:
        return None
    if phone is not None:
        return _phone(turn, desk, ticket, phone)
    if is_place_alone and ticket.community_code is None:
        return _place(desk, ticket, turn.value("community"), address or "")
    return _house(turn, desk, ticket, address) if address is not None else None


def _back(turn: Turn, desk: Desk) -> Reply | None:
    """Power is back at home: said to the outage that was asked about, and to its report."""
    outage = last_metre.note_back(desk, turn.user_id)
    if outage is None:
        return None
    for ticket in contact.open_of(desk, turn.user_id):
        if ticket.outage_code == outage.outage_code:
            service.resolve(desk, ticket, by="gridbot", text="住户说已经来电。")
    return Reply(last_metre.THANKS)


def of_a_detail(desk: Desk, openid: str, text: str) -> Ticket | None:
    """The ticket opened just now to which 「一个多月了」 or 「没有发票」 belongs."""
    if not is_detail(text):
        return None
    ticket = next(iter(contact.open_of(desk, openid)), None)
    return ticket if ticket is not None and ticket.created_at >= desk.now - JUST_NOW else None


def _of_the_same(turn: Turn, desk: Desk) -> Ticket | None:
    """The ticket opened just now about money or damage of which 「退回来」 says more."""
    if len(turn.inbound.text) > LABEL or turn.value("account_number") or turn.value("phone"):
        return None
    ticket = next(iter(contact.open_of(desk, turn.user_id)), None)
    if ticket is None or ticket.created_at < desk.now - JUST_NOW:
        return None
    is_same = ticket.category in MONEY and ticket.intent == turn.meaning.intent
    return ticket if is_same else None


def add_rest(turn: Turn, desk: Desk) -> Reply | None:
    """What nobody understands, said just after a ticket was opened, belongs to that ticket."""
    ticket = next(iter(contact.open_of(desk, turn.user_id)), None)
    if ticket is None or ticket.created_at < desk.now - JUST_NOW or len(turn.text) > MOST:
        return None
    if ticket.category == Category.VIOLATION and ANONYMOUS.search(turn.text):
        ticket.is_anonymous = True
        return Reply(NAMELESS.format(number=ticket.number))
    add_words(desk, ticket, turn.inbound.text, by="resident")
    return Reply(WORDS_KEPT.format(number=ticket.number))


def _phone(turn: Turn, desk: Desk, ticket: Ticket, phone: str) -> Reply | None:
    rest = DIGITS.sub("", turn.inbound.text)
    if len(rest) > LABEL or PAPER.search(rest):
        return None
    contact.set_phone(desk, ticket, phone)
    notices.words_added(desk, ticket, f"联系电话 {phone}")
    return Reply(PHONE_KEPT.format(number=ticket.number, phone=mask_number(phone)))


def _house(turn: Turn, desk: Desk, ticket: Ticket, address: str) -> Reply | None:
    """The house of a ticket that knows only its community."""
    named = turn.values("community")
    if ticket.building or ticket.community_code is None or len(turn.inbound.text) > LABEL * 2:
        return None
    community = desk.session.get(Community, ticket.community_code)
    if community is None or named not in ([], [community.name]):
        return None
    return _settle(desk, ticket, community, address)


def _place(desk: Desk, ticket: Ticket, name: str | None, address: str) -> Reply | None:
    """The place of a ticket that waits in the general queue."""
    community = grid.community_by_name(desk.session, name) if name else None
    return _settle(desk, ticket, community, address) if community else None


def _settle(desk: Desk, ticket: Ticket, community: Community, address: str) -> Reply:
    where = Where(
        community.community_code,
        community.name,
        building_of(address),
        room_of(address),
        unit_of(community.kind),
    )
    place_ticket(desk, ticket, where, by="resident")
    return Reply(PLACE_KEPT.format(number=ticket.number, place=where.text))
