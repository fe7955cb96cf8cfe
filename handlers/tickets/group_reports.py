"""What people report in a group: one answer an incident, a ticket for danger."""

from handlers.desk import Desk
from handlers.dialogue.turn import SILENCE, Reply, Turn
from handlers.grid import queries as grid
from handlers.grid.models import CommunityGroup
from handlers.outages import incidents
from handlers.tickets.models import Category, Source, Ticket
from handlers.tickets.opening import Wish, open_ticket

WHICH = "是{places}里的哪一个？请带上小区名再@我一次；只有一家没电的，请到公众号里报修。"
SHOWN = 6
NOTED = "{place}没电的情况记下了，已告诉值班人员。只有一家没电的，请到公众号里报修，好派师傅上门。"


def communities(turn: Turn, desk: Desk) -> list[str]:
    """The communities meant: named in the message, else those of the group it was written in."""
    named = [grid.community_by_name(desk.session, name) for name in turn.values("community")]
    codes = [community.community_code for community in named if community is not None]
    if codes:
        return codes
    query = desk.session.query(CommunityGroup).filter(CommunityGroup.target == turn.inbound.chat_id)
    group = query.first()
    return list(group.community_codes) if group else []


def answer(turn: Turn, desk: Desk) -> Reply | None:
    """Count a report of no power towards a suspected outage; None lets known outages answer.

    A group is answered once for an incident: further reports there are only counted.
    """
    if turn.meaning.intent not in {"report_outage", "still_no_power"}:
        return None
    codes = communities(turn, desk)
    if len(codes) > 1 and turn.meaning.intent == "report_outage":
        return Reply(WHICH.format(places="、".join(_names(desk, codes))))
    if len(codes) != 1:
        return None
    spot = grid.locate(desk.session, codes[0])
    if spot is None or incidents.is_known(desk, codes[0]):
        return None
    chat = turn.inbound.chat_id
    areas = [area.area_code for area in grid.areas_of(desk.session, codes[0])]
    was_told = any(incidents.is_noted_from(desk, area, chat) for area in areas)
    for area in areas:
        incidents.note_report(
            desk, area, {"chat": chat, "by": turn.user_id, "at": desk.now.isoformat()}
        )
    return SILENCE if was_told else Reply(NOTED.format(place=spot.community.name))


def _names(desk: Desk, codes: list[str]) -> list[str]:
    found = [grid.locate(desk.session, code) for code in codes[:SHOWN]]
    return [spot.community.name for spot in found if spot is not None]


def open_danger(turn: Turn, desk: Desk) -> Ticket:
    """A danger told in a group is a ticket at once, whoever told it."""
    codes = communities(turn, desk)
    ticket, _ = open_ticket(
        desk,
        Wish(
            category=Category.HAZARD,
            text=turn.inbound.text,
            intent="report_hazard",
            is_p0=turn.danger is not None and turn.danger.is_p0,
            source=Source.WECOM_GROUP,
            community_code=codes[0] if len(codes) == 1 else None,
            fields={"chat_id": turn.inbound.chat_id, "by": turn.user_id},
        ),
    )
    return ticket
