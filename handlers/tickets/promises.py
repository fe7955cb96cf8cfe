"""Times that were promised: made, replaced, kept, and warned of before they lapse."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from config.sla import Stage
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid import queries as grid
from handlers.grid.models import Role, Staff
from handlers.tickets import assignment
from handlers.tickets.digests import Gathered, Line, digest, line_of
from handlers.tickets.explanation import duration_words, moment_words
from handlers.tickets.models import Action, Priority, Promise, State, Ticket, TicketEvent
from notifier.outbox import put

CALL = "call"
KIND_WORDS = {
    Stage.ARRIVAL: "到场",
    Stage.RESTORATION: "恢复供电",
    Stage.REPLY: "答复",
    Stage.FIRST_CONTACT: "联系",
    CALL: "回电话",
}


def make(
    desk: Desk,
    *,
    kind: str,
    promised_at: datetime,
    ticket: Ticket | None = None,
    outage_code: str | None = None,
    station_code: str | None = None,
    by: str = "gridbot",
) -> Promise:
    """Promise a time; an open promise of the same kind about the same thing is replaced."""
    if promised_at <= desk.now:
        raise DomainError("承诺的时间已经过去了，请写以后的时间。", field="promised_at")
    supersede(desk, kind=kind, ticket=ticket, outage_code=outage_code)
    promise = Promise(
        ticket_id=ticket.id if ticket else None,
        outage_code=outage_code,
        kind=kind,
        station_code=station_code or (ticket.station_code if ticket else None),
        promised_at=promised_at,
        made_at=desk.now,
    )
    desk.session.add(promise)
    if ticket is not None:
        _note(desk, ticket, by, f"承诺{moment_words(promised_at)}前{_matter(kind)}")
    return promise


def supersede(
    desk: Desk, *, kind: str, ticket: Ticket | None = None, outage_code: str | None = None
) -> None:
    """Put a promise out of force because another time holds, or the matter is gone."""
    for promise in outstanding(desk, ticket=ticket, outage_code=outage_code, kinds=(kind,)):
        promise.superseded_at = desk.now


def keep(
    desk: Desk,
    *,
    kinds: tuple[str, ...],
    ticket: Ticket | None = None,
    outage_code: str | None = None,
) -> None:
    """What was promised has happened now, in time or late."""
    for promise in outstanding(desk, ticket=ticket, outage_code=outage_code, kinds=kinds):
        promise.kept_at = desk.now


def outstanding(
    desk: Desk,
    *,
    ticket: Ticket | None = None,
    outage_code: str | None = None,
    station_code: str | None = None,
    kinds: tuple[str, ...] = (),
) -> list[Promise]:
    """Promises that are neither kept nor replaced, the soonest first."""
    query = _open()
    if ticket is not None:
        query = query.where(Promise.ticket_id == ticket.id)
    if outage_code is not None:
        query = query.where(Promise.outage_code == outage_code)
    if station_code is not None:
        query = query.where(Promise.station_code == station_code)
    if kinds:
        query = query.where(Promise.kind.in_(kinds))
    return list(desk.session.scalars(query.order_by(Promise.promised_at)))


def was_kept(promise: Promise, now: datetime) -> bool | None:
    """Whether it was kept in time; None while it still can be, or when it was replaced."""
    if promise.superseded_at is not None:
        return None
    if promise.kept_at is not None:
        return promise.kept_at <= promise.promised_at
    return False if now > promise.promised_at else None


def settle(desk: Desk, ticket: Ticket) -> None:
    """After a step: what it fulfils is kept; what ended without a result binds no longer."""
    done = {
        Stage.FIRST_CONTACT: ticket.first_contact_at,
        Stage.ARRIVAL: ticket.arrived_at,
    }
    for promise in outstanding(desk, ticket=ticket):
        if ticket.state in {State.CANCELLED, State.MERGED}:
            promise.superseded_at = desk.now
            continue
        moments = (
            done.get(Stage(promise.kind)) if promise.kind in done else None,
            ticket.resolved_at,
        )
        promise.kept_at = next(
            (one for one in moments if one is not None and one >= promise.made_at), None
        )


def warn_promises(desk: Desk) -> int:
    """Tell whoever must keep a promise, before it lapses; returns how many digests."""
    lead = timedelta(minutes=desk.tables.sla.warn_promise_minutes)
    query = _open().where(Promise.warned_at.is_(None), Promise.promised_at <= desk.now + lead)
    gathered = Gathered()
    for promise in desk.session.scalars(query.order_by(Promise.promised_at)):
        if desk.now < promise.promised_at - min(lead, (promise.promised_at - promise.made_at) / 2):
            continue
        ticket = desk.session.get(Ticket, promise.ticket_id) if promise.ticket_id else None
        keepers = _keepers(desk, promise, ticket)
        if keepers:
            promise.warned_at = desk.now
        for person in keepers:
            gathered.add(person, _line(desk, promise, ticket))
    messages = [digest(desk, person, "promise_warnings", said) for person, said in gathered.each()]
    return put(desk.session, messages, now=desk.now)


def _open() -> sa.Select[Promise]:
    return sa.select(Promise).where(Promise.kept_at.is_(None), Promise.superseded_at.is_(None))


def _keepers(desk: Desk, promise: Promise, ticket: Ticket | None) -> list[Staff]:
    """The assignee where he is there, else the crew on shift, else the team leader, the centre.

    A promised time does not wait for a shift: someone else must keep it.
    """
    station = promise.station_code
    leaders = grid.station_staff(desk.session, station, Role.TEAM_LEADER) if station else []
    leaders = grid.on_duty(desk.session, leaders, desk.now)
    centre = grid.command_center(desk.session)
    if ticket is None:
        return leaders or centre
    if ticket.assignee is not None and grid.on_duty(desk.session, [ticket.assignee], desk.now):
        return [ticket.assignee]
    crew = assignment.on_shift_crew(desk, station) if station else []
    return crew[:1] or leaders or centre


def _line(desk: Desk, promise: Promise, ticket: Ticket | None) -> Line:
    gap = duration_words(abs(promise.promised_at - desk.now))
    tail = f"还剩{gap}" if promise.promised_at >= desk.now else f"已过{gap}"
    words = f"承诺{moment_words(promise.promised_at)}前{_matter(promise.kind)}，{tail}"
    mark = f"promise{promise.id}"
    if ticket is not None:
        return line_of(desk, ticket, words, mark)
    code = promise.outage_code or ""
    return Line(code, f"停电 {code}", Priority.P1, words, mark)


def _matter(kind: str) -> str:
    return KIND_WORDS.get(kind, "完成")


def _note(desk: Desk, ticket: Ticket, by: str, words: str) -> None:
    desk.session.add(
        TicketEvent(
            ticket_id=ticket.id,
            at=desk.now,
            action=Action.PROMISE,
            by=by,
            to_state=ticket.state,
            text=words,
        )
    )
