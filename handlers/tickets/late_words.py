"""What a resident sends after the questions are over: a phone, a house number, and little else."""

import re

from handlers.desk import Desk
from handlers.dialogue.turn import Reply, Turn
from handlers.grid.models import Community
from handlers.grid.places import Where, unit_of
from handlers.grid.rules import building_of, room_of
from handlers.masking import mask_number
from handlers.tickets import contact, notices
from handlers.tickets.models import Ticket
from handlers.tickets.placing import place_ticket

LABEL = 10  # characters beside a number that only say whose or what it is
PAPER = re.compile(r"登记|预留|户头|户号|绑定|过户|短信|充")
DIGITS = re.compile(r"[\d\s\-—]")
PHONE_KEPT = "电话 {phone} 记到 {number} 了，师傅会打这个号。"
PLACE_KEPT = "门牌记到 {number} 了：{place}。"


def take(turn: Turn, desk: Desk) -> Reply | None:
    """Put it on the newest open ticket; None where it is something else, or none is open."""
    phone, address = turn.value("phone"), turn.value("address")
    if (phone is None and address is None) or turn.values("account_number"):
        return None
    ticket = next(iter(contact.open_of(desk, turn.user_id)), None)
    if ticket is None:
        return None
    if phone is not None:
        return _phone(turn, desk, ticket, phone)
    return _address(turn, desk, ticket, address) if address is not None else None


def _phone(turn: Turn, desk: Desk, ticket: Ticket, phone: str) -> Reply | None:
    rest = DIGITS.sub("", turn.inbound.text)
    if len(rest) > LABEL or PAPER.search(rest):
        return None
    contact.set_phone(desk, ticket, phone)
    notices.words_added(desk, ticket, f"联系电话 {phone}")
    return Reply(PHONE_KEPT.format(number=ticket.number, phone=mask_number(phone)))


def _address(turn: Turn, desk: Desk, ticket: Ticket, address: str) -> Reply | None:
    """The house of a ticket that knows only its community."""
    named = turn.values("community")
    if ticket.building or ticket.community_code is None or len(turn.inbound.text) > LABEL * 2:
        return None
    community = desk.session.get(Community, ticket.community_code)
    if community is None or named not in ([], [community.name]):
        return None
    where = Where(
        community.community_code,
        community.name,
        building_of(address),
        room_of(address),
        unit_of(community.kind),
    )
    place_ticket(desk, ticket, where, by="resident")
    return Reply(PLACE_KEPT.format(number=ticket.number, place=where.text))
