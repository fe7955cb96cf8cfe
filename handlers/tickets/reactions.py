"""What tickets do when outages begin and end, and when reports pile up."""

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.grid import queries as grid
from handlers.outages import incidents, last_metre
from handlers.outages.events import IncidentConfirmed, OutageRestored, OutageStarted
from handlers.outages.last_metre import Dark
from handlers.outages.models import Incident, Outage
from handlers.tickets import evidence, notices, service
from handlers.tickets.events import TicketChanged, TicketOpened
from handlers.tickets.models import Action, Category, Source, Ticket
from handlers.tickets.opening import Wish, open_ticket, record
from handlers.tickets.rules import ACTIVE
from notifier.outbox import put


def look_for_incident(desk: Desk, event: TicketOpened) -> None:
    """A report of no power counts towards a suspected outage of its area."""
    ticket = desk.session.get_one(Ticket, event.ticket_id)
    is_parent = "incident" in ticket.fields
    if ticket.category != Category.OUTAGE or ticket.area_code is None or is_parent:
        return
    if _is_dark_again(desk, ticket):
        return
    incident = incidents.note_report(
        desk,
        ticket.area_code,
        {"ticket": ticket.number, "at": desk.now.isoformat(), "building": ticket.building},
    )
    if incident is not None:
        for report in _reports(desk, incident):
            report.incident_id = incident.id


def _reports(desk: Desk, incident: Incident) -> list[Ticket]:
    """The tickets that count towards an incident, also those from before it was suspected."""
    numbers = {one["ticket"] for one in incident.evidence if "ticket" in one}
    query = sa.select(Ticket).where(Ticket.number.in_(numbers), Ticket.state.in_(ACTIVE))
    return list(desk.session.scalars(query))


def look_for_dark(desk: Desk, event: TicketChanged) -> None:
    """A report that was done with its outage and is opened again: power is not back there."""
    if event.action != Action.REOPEN:
        return
    ticket = desk.session.get_one(Ticket, event.ticket_id)
    if ticket.category == Category.OUTAGE and ticket.area_code is not None:
        ticket.outage_code = None
        _is_dark_again(desk, ticket)


def _is_dark_again(desk: Desk, ticket: Ticket) -> bool:
    """Count a household towards opening its area's outage again; whether one is on there now."""
    if not ticket.openid or ticket.area_code is None:
        return False
    dark = Dark(ticket.openid, ticket.area_code, ticket.community_code, ticket.building or "")
    outage = last_metre.note_dark(desk, dark)
    if outage is None or outage.parent_code is None:
        return False
    if ticket.outage_code is None:
        ticket.outage_code = outage.outage_code
    return True


def open_parent(desk: Desk, event: IncidentConfirmed) -> None:
    """A confirmed incident gets a ticket of its own; its reports keep theirs and hang under it."""
    incident = desk.session.get_one(Incident, event.incident_id)
    outage = desk.session.get_one(Outage, event.outage_id)
    community = grid.communities_of_area(desk.session, incident.area_code)
    parent, _ = open_ticket(
        desk,
        Wish(
            category=Category.OUTAGE,
            text=f"停电事件 {outage.outage_code}：{incident.reports} 户报停电",
            source=Source.STAFF,
            community_code=community[0].community_code if community else None,
            place_text=incident.area_code,
            fields={"incident": incident.id},
            keeps_apart=True,
        ),
    )
    parent.outage_code = outage.outage_code
    incident.parent_ticket_id = parent.id
    query = sa.select(Ticket).where(
        Ticket.incident_id == incident.id, Ticket.state.in_(ACTIVE), Ticket.id != parent.id
    )
    for ticket in desk.session.scalars(query):
        ticket.parent_id = parent.id


def attach_reports(desk: Desk, event: OutageStarted) -> None:
    """Open reports of the areas of an outage follow it from now on; they keep their numbers."""
    outage = desk.session.get_one(Outage, event.outage_id)
    areas = [area.area_code for area in outage.areas]
    query = sa.select(Ticket).where(
        Ticket.area_code.in_(areas),
        Ticket.category == Category.OUTAGE,
        Ticket.state.in_(ACTIVE),
        Ticket.outage_code.is_(None),
    )
    for ticket in desk.session.scalars(query):
        ticket.outage_code = outage.outage_code
        record(
            desk,
            ticket,
            Action.ADD,
            by="gridbot",
            text=f"并入停电 {outage.outage_code}，预计 {outage.ends_at:%m-%d %H:%M} 恢复",
        )
        if ticket.openid:
            put(desk.session, [notices.resident(desk, ticket, "ticket_in_outage")], now=desk.now)


def tell_reporters(desk: Desk, event: OutageRestored) -> None:
    """Reports that followed the outage are done with it; whoever is still dark says so.

    What a bad mark opened is not done by the line alone: somebody owes its cause.
    """
    outage = desk.session.get_one(Outage, event.outage_id)
    query = sa.select(Ticket).where(
        Ticket.outage_code == outage.outage_code, Ticket.state.in_(ACTIVE)
    )
    for ticket in desk.session.scalars(query):
        if evidence.needs_cause(ticket):
            continue
        service.resolve(desk, ticket, by="gridbot", text="线路已恢复供电。")
