"""The queue: saved views with counts, filters in the address, steps for several at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import load_only

from bot.access import audit
from bot.access.signed_in import Person, only, person, safe_next
from bot.console import faults, live, paging, people
from bot.console.filters import COUNTED, EMPTY, NEWEST_FIRST, Filters, counts, views_for
from bot.console.may import STAFF, own_ticket, staff_of
from bot.parts import Parts
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid.models import Grid
from handlers.tickets import commands, permissions, queries, service
from handlers.tickets.explanation import duration_words
from handlers.tickets.models import Action, Category, Priority, State, Ticket
from handlers.tickets.rules import ACTIVE, CATEGORY_WORDS, STATE_WORDS

PAGE = 50
SNIPPET = 60
SOON_MINUTES = 30
# What a row shows and no more: each sealed column would be opened for every row.
SHOWN = (
    Ticket.number,
    Ticket.state,
    Ticket.category,
    Ticket.priority,
    Ticket.place_text,
    Ticket.building,
    Ticket.masked_text,
    Ticket.assignee_userid,
    Ticket.next_due_at,
    Ticket.reported_at,
    Ticket.is_supervised,
    Ticket.contact_count,
    Ticket.has_generation,
    Ticket.is_confidential,
)
NOTHING_CHOSEN = "先勾上要办的工单。"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue, as it is read."""

    number: str
    priority: str
    matter: str
    state: str
    place: str
    words: str
    who: str
    due: str
    urgency: str
    marks: tuple[str, ...]
    reported: datetime


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/")
    @only(*STAFF)
    def queue() -> ResponseReturnValue:
        part = request.headers.get("HX-Target") == "live"
        return page(parts, "console/queue_part.html" if part else "console/queue.html")

    @console.post("/bulk")
    @only(*STAFF)
    def bulk() -> ResponseReturnValue:
        """Accept or transfer several; all of them or none."""
        faults.show_again(lambda: page(parts, "console/queue.html"))
        who, form = person(), request.form
        numbers = form.getlist("number")[:PAGE]
        if not numbers:
            raise DomainError(NOTHING_CHOSEN)
        with parts.working() as desk:
            for number in numbers:
                _one(desk, who, number)
        flash(f"{len(numbers)} 张工单已{'转派' if form.get('action') == 'transfer' else '接单'}。")
        return redirect(safe_next(form.get("back"), url_for(".queue")))

    @console.post("/command")
    @only(*STAFF)
    def command() -> ResponseReturnValue:
        """The staff commands of WeCom, from the command bar: 接单 T…, 转派 T… 姓名."""
        text = request.form.get("text", "").strip()
        said = commands.parse(text)
        if said is None:
            return redirect(url_for(".queue", q=text))
        faults.show_again(lambda: page(parts, "console/queue.html"))
        who = person()
        with parts.working() as desk:
            if said.number:
                own_ticket(desk, said.number, lock=False)
            answer = commands.run(desk, commands.staff(desk, who.userid), said)
            audit.write(
                desk.session,
                actor=who.userid,
                action="command",
                subject=said.number or who.userid,
                now=desk.now,
                facts={"verb": said.verb},
            )
        flash(answer)
        if said.number:
            return redirect(url_for(".ticket", number=said.number))
        return redirect(url_for(".queue"))


def page(parts: Parts, template: str) -> str:
    who = person()
    filters = Filters.of(request.args, who)
    with parts.looking() as desk:
        since = live.newest(desk.session)  # before the list: what comes between is told
        queries.plan_afresh(desk.session)
        tickets = _tickets(desk, filters, who)
        numbers = counts(desk, who)
        return render_template(
            template,
            filters=filters,
            here=request.full_path.rstrip("?"),
            views=views_for(who),
            counts={view: _counted(number) for view, number in numbers.items()},
            rows=[row_of(ticket, desk.now) for ticket in tickets[:PAGE]],
            next_page=_next_page(filters, tickets),
            empty=EMPTY[filters.view],
            grids=_grids(desk, who),
            people=people.groups(desk, who.station_code, who=who),
            states=STATE_WORDS,
            categories=CATEGORY_WORDS,
            priorities=list(Priority),
            since=since,
            now=desk.now,
        )


def row_of(ticket: Ticket, now: datetime) -> Row:
    due, urgency = due_words(ticket, now)
    marks = (
        ("督办", ticket.is_supervised),
        (f"催{ticket.contact_count - 1}次", ticket.contact_count > 1),
        ("有发电设备", ticket.has_generation),
        ("保密", ticket.is_confidential),
    )
    return Row(
        number=ticket.number,
        priority=ticket.priority,
        matter=CATEGORY_WORDS[Category(ticket.category)],
        state=STATE_WORDS[State(ticket.state)],
        place=ticket.place_text + (f"{ticket.building}栋" if ticket.building else ""),
        words=ticket.masked_text[:SNIPPET],
        who=ticket.assignee.name if ticket.assignee else "无人",
        due=due,
        urgency=urgency,
        marks=tuple(word for word, holds in marks if holds),
        reported=ticket.reported_at,
    )


def due_words(ticket: Ticket, now: datetime) -> tuple[str, str]:
    """How long until the next deadline, and how urgent that looks."""
    if ticket.state not in ACTIVE or ticket.next_due_at is None:
        return "", ""
    gap = duration_words(abs(ticket.next_due_at - now))
    if ticket.next_due_at < now:
        return f"超时{gap}", "late"
    minutes = (ticket.next_due_at - now).total_seconds() / 60
    return f"还有{gap}", "soon" if minutes <= SOON_MINUTES else ""


def _tickets(desk: Desk, filters: Filters, who: Person) -> Sequence[Ticket]:
    """A page and one more, the most urgent first; what is over by the newest."""
    wanted = sa.select(Ticket).where(*filters.conditions(desk, who))
    ordered = paging.order(wanted, filters.after, newest_first=filters.view in NEWEST_FIRST)
    return desk.session.scalars(ordered.options(load_only(*SHOWN)).limit(PAGE + 1)).all()


def _next_page(filters: Filters, tickets: Sequence[Ticket]) -> str:
    """The address of what comes after this page, empty on the last one."""
    if len(tickets) <= PAGE:
        return ""
    last = paging.mark(tickets[PAGE - 1], newest_first=filters.view in NEWEST_FIRST)
    return filters.address(after=last)


def _one(desk: Desk, who: Person, number: str) -> None:
    ticket = own_ticket(desk, number)
    form = request.form
    action = "transfer" if form.get("action") == "transfer" else "accept"
    permissions.require(desk, staff_of(desk), ticket, Action(action))
    if action == "transfer":
        service.transfer(desk, ticket, to=form.get("to", ""), by=who.userid)
    else:
        service.accept(desk, ticket, by=who.userid)
    audit.write(
        desk.session,
        actor=who.userid,
        action=f"ticket_{action}",
        subject=ticket.number,
        now=desk.now,
        facts={"bulk": True},
    )


def _grids(desk: Desk, who: Person) -> list[Grid]:
    query = sa.select(Grid).order_by(Grid.grid_code)
    if not who.is_everywhere:
        query = query.where(Grid.station_code == who.station_code)
    return list(desk.session.scalars(query))


def _counted(number: int) -> str:
    return str(number) if number < COUNTED else f"{COUNTED - 1}+"
