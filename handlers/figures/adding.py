"""Bring the figures up to date with what happened to tickets since the last time.

A ticket's part is taken out and put in anew, so that seeing an event twice changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.clock import china
from config.points import PointRules
from handlers.desk import Desk
from handlers.figures import cases, marks, outage_promises, rules
from handlers.figures.models import (
    MEASURES,
    NOBODY,
    AreaCell,
    DayCell,
    FigureCell,
    TicketFact,
    WordCell,
)
from handlers.figures.rules import Case
from handlers.figures.words import words_of
from handlers.tickets.models import Ticket, TicketEvent

EVENTS = "ticket_events"
PAGE = 1000
LIMIT = 500
KEYS = ("day", "station_code", "grid_code", "category", "person")

Sums = dict[tuple[Any, ...], dict[str, int]]


@dataclass(slots=True)
class Changes:
    """Differences to the cells, gathered over many tickets."""

    cells: Sums = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    days: Sums = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    areas: Sums = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    words: Sums = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def add(self, fact: TicketFact, words: Iterable[str], sign: int) -> None:
        """Put a ticket's part in (1) or take it out (-1)."""
        cell = self.cells[tuple(getattr(fact, key) for key in KEYS)]
        day = self.days[fact.day, fact.station_code, fact.category]
        for name in MEASURES:
            part = sign * getattr(fact, name)
            cell[name] += part
            day[name] += part
        if fact.area_code:
            self.areas[fact.day, fact.area_code, fact.category]["created"] += sign
        for word in words:
            self.words[fact.day, fact.station_code, word]["tickets"] += sign

    def write(self, session: Session) -> None:
        marks.add_up(session, FigureCell, self.cells)
        marks.add_up(session, DayCell, self.days)
        marks.add_up(session, AreaCell, self.areas)
        marks.add_up(session, WordCell, self.words)


def catch_up(desk: Desk) -> int:
    """Add up what happened, some hundreds of tickets at most; returns how many."""
    mark = marks.take(desk.session, EVENTS)
    position, counted = mark.last_id, 0
    while counted < LIMIT:
        rows = desk.session.execute(
            sa.select(TicketEvent.id, TicketEvent.ticket_id, TicketEvent.at)
            .where(TicketEvent.id > position)
            .order_by(TicketEvent.id)
            .limit(PAGE)
        ).all()
        if not rows:
            break
        stale = _unseen(desk.session, {row[1]: row[0] for row in rows})
        count(desk.session, stale, desk.tables.points)
        counted += len(stale)
        if mark.last_id == position:
            mark.last_id = marks.settled(position, [(row[0], row[2]) for row in rows], desk.now)
        position = rows[-1][0]
    return counted


def count(session: Session, ids: Sequence[int], points: PointRules) -> None:
    """Count these tickets anew as they are now."""
    if not ids:
        return
    known = {
        fact.ticket_id: fact
        for fact in session.scalars(sa.select(TicketFact).where(TicketFact.ticket_id.in_(ids)))
    }
    changes = Changes()
    for ticket, case, event_id in cases.read(session, ids):
        fact = known.get(ticket.id)
        # A ticket's text never changes, but the station under which its words stand may.
        words = words_of(ticket) if _moves(fact, ticket) else frozenset()
        if fact is None:
            fact = TicketFact(ticket_id=ticket.id)
            session.add(fact)
        else:
            changes.add(fact, words, -1)
        _set(fact, ticket, case, event_id, rules.measured(case, points))
        changes.add(fact, words, 1)
    session.flush()
    changes.write(session)


def rebuild(desk: Desk) -> int:
    """Forget all figures of tickets and outages, add them up from the beginning; returns how many tickets."""
    mark = marks.take(desk.session, EVENTS)
    mark.last_id = 0
    for table in (TicketFact, FigureCell, DayCell, AreaCell, WordCell):
        desk.session.execute(sa.delete(table))
    desk.session.flush()
    desk.session.expire_all()
    counted = 0
    while more := catch_up(desk):
        counted += more
    outage_promises.rebuild(desk)
    return counted


def recount_open(desk: Desk) -> int:
    """Count open tickets anew: a storm or a calendar moves deadlines without an event."""
    marks.take(desk.session, EVENTS)
    ids = desk.session.scalars(
        sa.select(TicketFact.ticket_id).where(TicketFact.is_open).order_by(TicketFact.ticket_id)
    ).all()
    for start in range(0, len(ids), LIMIT):
        count(desk.session, ids[start : start + LIMIT], desk.tables.points)
    return len(ids)


def _moves(fact: TicketFact | None, ticket: Ticket) -> bool:
    return fact is None or fact.station_code != (ticket.station_code or NOBODY)


def _unseen(session: Session, latest: Mapping[int, int]) -> list[int]:
    """Tickets with an event that was not counted; one ticket's events come in their order."""
    query = sa.select(TicketFact.ticket_id, TicketFact.event_id).where(
        TicketFact.ticket_id.in_(latest)
    )
    seen = {row[0]: row[1] for row in session.execute(query)}
    return sorted(one for one, last in latest.items() if seen.get(one, 0) < last)


def _set(
    fact: TicketFact, ticket: Ticket, case: Case, event_id: int, measured: Mapping[str, int]
) -> None:
    fact.number, fact.event_id, fact.state = ticket.number, event_id, ticket.state
    fact.day, fact.opened_at = china(ticket.created_at).date(), ticket.created_at
    fact.is_open = case.is_open
    fact.station_code, fact.grid_code = ticket.station_code or NOBODY, ticket.grid_code or NOBODY
    fact.category, fact.person = ticket.category, ticket.assignee_userid or NOBODY
    fact.area_code = ticket.area_code or NOBODY
    for name in MEASURES:
        setattr(fact, name, measured.get(name, 0))
    for name, moment in rules.running(case).items():
        setattr(fact, name, moment)
