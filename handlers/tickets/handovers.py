"""交班: a written note and the open list for whoever comes next."""

from datetime import timedelta

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid import queries as grid
from handlers.grid.models import Role, Staff
from handlers.tickets import assignment, contact
from handlers.tickets.models import Handover, Ticket
from handlers.tickets.rules import ACTIVE
from notifier.models import Channel
from notifier.outbox import Outgoing, put

KEPT = timedelta(hours=16)  # the next shift of a day, and of a night
SOON = timedelta(hours=2)
MAX_TEXT = 1000
LISTED = 10
NO_TEXT = "请写上要交代的话，例如：交班 3栋的电缆明天到货，王师傅电话打不通。"
NOBODY = "现在没有人接班，请写上名字，例如：交班 刘小燕 3栋的电缆明天到货。"


def write(desk: Desk, person: Staff, words: str) -> Handover:
    """Keep the note and tell the next on shift and the team leader, or who is named first."""
    named, text = _named(desk, person, words.strip())
    if not text:
        raise DomainError(NO_TEXT, field="text")
    people = _with_leader(desk, person, named or _next(desk, person))
    if not people:
        raise DomainError(NOBODY, field="text")
    tickets = in_hand(desk, person)
    note = Handover(
        station_code=person.station_code,
        from_userid=person.userid,
        to_userids=[one.userid for one in people],
        text=text[:MAX_TEXT],
        numbers=[ticket.number for ticket in tickets],
        written_at=desk.now,
    )
    desk.session.add(note)
    desk.session.flush()
    put(desk.session, [_message(desk, note, person, one, tickets) for one in people], now=desk.now)
    return note


def latest(desk: Desk, station_code: str | None, *, userid: str = "") -> list[Handover]:
    """The notes of the last shift at a station, newest first; of one reader where he is named."""
    query = (
        sa.select(Handover)
        .where(Handover.station_code == station_code, Handover.written_at > desk.now - KEPT)
        .order_by(Handover.id.desc())
    )
    notes = desk.session.scalars(query.limit(50)).all()
    return [note for note in notes if not userid or userid in note.to_userids]


def in_hand(desk: Desk, person: Staff) -> list[Ticket]:
    """Someone's open tickets, the most urgent first."""
    query = (
        sa.select(Ticket)
        .where(Ticket.assignee_userid == person.userid, Ticket.state.in_(ACTIVE))
        .order_by(Ticket.priority, Ticket.next_due_at, Ticket.id)
    )
    return list(desk.session.scalars(query))


def _named(desk: Desk, person: Staff, words: str) -> tuple[list[Staff], str]:
    """A colleague whose name comes first, and the rest of the words."""
    name, _, rest = words.partition(" ")
    query = sa.select(Staff).where(
        Staff.name == name, Staff.is_active, Staff.station_code == person.station_code
    )
    found = [one for one in desk.session.scalars(query) if one.userid != person.userid]
    return (found, rest.strip()) if len(found) == 1 else ([], words)


def _next(desk: Desk, person: Staff) -> list[Staff]:
    """Colleagues of the same work who are on shift now or will be soon."""
    same = grid.station_staff(desk.session, person.station_code, Role(person.role))
    others = [one for one in same if one.userid != person.userid]
    ready = grid.on_duty(desk.session, others, desk.now)
    soon = grid.on_duty(desk.session, others, desk.now + SOON)
    return list({one.userid: one for one in [*ready, *soon]}.values())


def _with_leader(desk: Desk, person: Staff, people: list[Staff]) -> list[Staff]:
    leader = (
        assignment.team_leader(desk, person.station_code, but=person.userid)
        if person.station_code
        else None
    )
    everyone = [*people, leader] if leader is not None else people
    return list({one.userid: one for one in everyone}.values())


def _message(
    desk: Desk, note: Handover, person: Staff, to: Staff, tickets: list[Ticket]
) -> Outgoing:
    facts = {
        "who": person.name,
        "text": note.text,
        "count": len(tickets),
        "lines": [f"{contact.line(one)} {one.place_text}" for one in tickets[:LISTED]],
        "more": max(len(tickets) - LISTED, 0),
        "url": f"{desk.public_url}/console/shift",
    }
    return Outgoing(
        channel=Channel.WECOM_APP,
        target=to.userid,
        kind="handover",
        payload={"text": desk.words.text("handover", "staff", facts)},
        key=f"handover:{note.id}:{to.userid}",
    )
