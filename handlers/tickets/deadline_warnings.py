"""Warn before a deadline passes: 50, 80 and 100 percent, each person once, in one digest."""

from collections.abc import Iterator, Sequence
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from config.sla import Rung
from handlers.desk import Desk
from handlers.grid.models import Staff
from handlers.tickets import deadlines, recipients
from handlers.tickets.digests import Gathered, digest, line_of
from handlers.tickets.explanation import STAGE_WORDS, duration_words, moment_words
from handlers.tickets.models import Action, Ticket, TicketEvent
from handlers.tickets.opening import record
from handlers.tickets.queries import is_active
from handlers.tickets.stage_rules import Deadline
from notifier.outbox import put

BATCH = 500
OVERDUE = 100
# A scan reads what the clocks depend on; the texts of thousands of tickets stay sealed.
COLUMNS = (
    Ticket.number,
    Ticket.state,
    Ticket.category,
    Ticket.priority,
    Ticket.intent,
    Ticket.source_channel,
    Ticket.fields,
    Ticket.station_code,
    Ticket.grid_code,
    Ticket.community_code,
    Ticket.place_text,
    Ticket.assignee_userid,
    Ticket.parent_id,
    Ticket.due,
    Ticket.pauses,
    Ticket.next_due_at,
    Ticket.warned_percent,
    Ticket.reported_at,
    Ticket.created_at,
    Ticket.first_contact_at,
    Ticket.arrived_at,
    Ticket.resolved_at,
)


def warn_due(desk: Desk) -> int:
    """Tell whom the ladder names of deadlines that come near; returns how many digests."""
    gathered = Gathered()
    for tickets in _batches(desk):
        for ticket, plan in deadlines.explain_many(desk, tickets):
            following = next((one for one in plan if one.met_at is None), None)
            if following is not None:
                _warn(desk, gathered, ticket, following)
    messages = [digest(desk, person, "ticket_warnings", lines) for person, lines in gathered.each()]
    return put(desk.session, messages, now=desk.now)


def _batches(desk: Desk) -> Iterator[list[Ticket]]:
    last = max((rung.percent for rung in desk.tables.sla.warnings), default=0)
    query = (
        sa.select(Ticket)
        .where(
            is_active(),
            Ticket.next_due_at.is_not(None),
            Ticket.warned_percent < last,
        )
        .options(load_only(*COLUMNS))
        .order_by(Ticket.next_due_at)
    )
    tickets = iter(desk.session.scalars(query).all())
    while batch := list(islice(tickets, BATCH)):
        yield batch


def _warn(desk: Desk, gathered: Gathered, ticket: Ticket, deadline: Deadline) -> None:
    """Add a ticket to the digests of those its ladder has reached and who have not heard."""
    used = deadlines.percent_used(desk, deadline)
    rungs = [
        rung for rung in desk.tables.sla.warnings if ticket.warned_percent < rung.percent <= used
    ]
    if not rungs:
        return
    due = deadline.due.isoformat(timespec="seconds")
    heard = _heard(desk, ticket, due)
    words = _words(desk, deadline, used)
    told: dict[str, int] = {}
    is_complete = True
    for person, percent in _listeners(desk, ticket, rungs):
        if heard.get(person.userid, 0) >= percent:
            continue
        if not recipients.reachable(desk, ticket, [person]):
            is_complete = False
            continue
        told[person.userid] = percent
        mark = f"{deadline.stage}{deadline.due:%Y%m%d%H%M}:{percent}"
        gathered.add(person, line_of(desk, ticket, words, mark))
    if told:
        record(
            desk,
            ticket,
            Action.WARN,
            by="gridbot",
            text=words,
            is_public=False,
            facts={"due": due, "told": told},
        )
    if is_complete:
        _remember(desk, ticket, rungs[-1].percent)


def _listeners(desk: Desk, ticket: Ticket, rungs: Sequence[Rung]) -> list[tuple[Staff, int]]:
    """Everyone the reached rungs name, with the highest that names them."""
    found: dict[str, tuple[Staff, int]] = {}
    for rung in rungs:
        for role in rung.to:
            for person in recipients.people(desk, ticket, role):
                found[person.userid] = (person, rung.percent)
    return list(found.values())


def _heard(desk: Desk, ticket: Ticket, due: str) -> dict[str, int]:
    """Who was told of which percentage of this deadline."""
    query = sa.select(TicketEvent.facts).where(
        TicketEvent.ticket_id == ticket.id, TicketEvent.action == Action.WARN
    )
    heard: dict[str, int] = {}
    for facts in desk.session.scalars(query):
        if facts["due"] == due:
            for userid, percent in facts["told"].items():
                heard[userid] = max(heard.get(userid, 0), percent)
    return heard


def _remember(desk: Desk, ticket: Ticket, percent: int) -> None:
    """Set the percentage beside the ticket's version: a warning is nobody's edit conflict."""
    desk.session.execute(
        sa.update(Ticket).where(Ticket.id == ticket.id).values(warned_percent=percent)
    )


def _words(desk: Desk, deadline: Deadline, used: int) -> str:
    stage = STAGE_WORDS[deadline.stage]
    gap = duration_words(abs(deadline.due - desk.now))
    if used >= OVERDUE:
        return f"{stage}已超时{gap}（时限{moment_words(deadline.due)}）"
    return f"{moment_words(deadline.due)}前要{stage}，还剩{gap}"
