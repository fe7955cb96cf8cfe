"""The papers of an application one by one: what is there, which picture shows which, what lacks."""

import re
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from config.services import Material
from handlers.applications import stage_rules
from handlers.applications.models import ApplicationPaper, PaperState
from handlers.desk import Desk
from handlers.dialogue.answers import bare
from handlers.tickets.models import Media, Ticket

LACKING = frozenset({PaperState.WANTED, PaperState.RETURNED})
IN_BRACKETS = re.compile(r"（[^）]*）")
SET_ASIDE = "sent_back"
ASKED_FOR = timedelta(hours=1)  # so long the next picture is of what was named or asked for


def of(desk: Desk, ticket: Ticket) -> list[ApplicationPaper]:
    """The papers of an application in the order they are asked for."""
    query = sa.select(ApplicationPaper).where(ApplicationPaper.ticket_id == ticket.id)
    return list(desk.session.scalars(query.order_by(ApplicationPaper.sequence)))


def begin(desk: Desk, ticket: Ticket, wanted: Sequence[Material]) -> None:
    """Write down what is to be brought; pictures that came with the form are of their papers."""
    desk.session.add_all(
        ApplicationPaper(ticket_id=ticket.id, name=one.name, sequence=number, pages=one.pages)
        for number, one in enumerate(wanted, 1)
    )
    desk.session.flush()
    for paper in of(desk, ticket):
        if pictures(desk, ticket, paper.name):
            paper.state = PaperState.SENT
    note_missing(desk, ticket)


def lacking(desk: Desk, ticket: Ticket) -> list[str]:
    """The names of what is not there yet, or has to be sent again."""
    return [paper.name for paper in of(desk, ticket) if paper.state in LACKING]


def note_missing(desk: Desk, ticket: Ticket) -> list[str]:
    """Keep the names of what lacks on the ticket, where lower layers can say them."""
    desk.session.flush()
    names = lacking(desk, ticket)
    ticket.fields = {**ticket.fields, "missing": names}
    return names


def want(desk: Desk, ticket: Ticket, name: str) -> ApplicationPaper:
    """The paper of a name; one that nobody had asked for so far is new."""
    known = of(desk, ticket)
    found = next((paper for paper in known if paper.name == name), None)
    if found is None:
        last = max((paper.sequence for paper in known), default=0)
        found = ApplicationPaper(ticket_id=ticket.id, name=name, sequence=last + 1, pages=1)
        found.state = PaperState.WANTED
        desk.session.add(found)
        desk.session.flush()
    return found


def ask_for(desk: Desk, ticket: Ticket, paper: ApplicationPaper) -> None:
    """The next picture is of this paper, and of none that was asked for before."""
    for row in of(desk, ticket):
        row.asked_at = desk.now if row is paper else None


def pictures(desk: Desk, ticket: Ticket, name: str) -> int:
    """How many pictures show a paper, without those that were sent back."""
    query = sa.select(sa.func.count()).where(_shows(ticket, name))
    return desk.session.scalar(query) or 0


def set_aside(desk: Desk, ticket: Ticket, name: str) -> None:
    """Keep the pictures of a paper that was sent back, but count them no more."""
    desk.session.execute(sa.update(Media).where(_shows(ticket, name)).values(purpose=SET_ASIDE))


def _shows(ticket: Ticket, name: str) -> sa.ColumnElement[bool]:
    return sa.and_(Media.ticket_id == ticket.id, Media.material == name, Media.purpose != SET_ASIDE)


def awaited(desk: Desk, ticket: Ticket) -> ApplicationPaper | None:
    """Of which paper the next picture is: named or asked for, sent back, then in order."""
    rows = of(desk, ticket)
    asked = [row for row in rows if row.asked_at and row.asked_at > desk.now - ASKED_FOR]
    if asked:
        return max(asked, key=lambda row: row.asked_at or desk.now)
    sent_back = [row for row in rows if row.state == PaperState.RETURNED]
    wanted = [row for row in rows if row.state == PaperState.WANTED]
    return next(iter(sent_back + wanted), None)


def named(desk: Desk, ticket: Ticket, text: str) -> ApplicationPaper | None:
    """The paper that a text names, if it is one: 「身份证」, 「物业的证明」."""
    rows = of(desk, ticket)
    name = named_among(text, [(row.name, words_of(desk, ticket, row.name)) for row in rows])
    return next((row for row in rows if row.name == name), None)


def words_of(desk: Desk, ticket: Ticket, name: str) -> tuple[str, ...]:
    """The words a paper is called by: those of the table, else its name without brackets."""
    service = desk.tables.services.by_intent.get(ticket.intent)
    wanted = stage_rules.materials_for(service, ticket.fields) if service else []
    known = next((one.words for one in wanted if one.name == name), ())
    return known or (bare(IN_BRACKETS.sub("", name)),)


def named_among(text: str, papers: Sequence[tuple[str, Sequence[str]]]) -> str | None:
    """The name with the longest word found in the text; None where none or several fit."""
    said = bare(text)
    exact = [name for name, _ in papers if bare(name) == said]
    if exact:
        return exact[0]
    lengths = {name: max((len(w) for w in words if w in said), default=0) for name, words in papers}
    longest = max(lengths.values(), default=0)
    best = [name for name, length in lengths.items() if length == longest]
    return best[0] if longest and len(best) == 1 else None
