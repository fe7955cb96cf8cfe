"""What staff, residents and other systems do to a ticket, one verb each."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.errors import DomainError, NotFoundError, StateConflictError
from handlers.grid import queries as grid
from handlers.grid.models import Role, Staff
from handlers.tickets import assignment, deadlines, evidence, household, notices
from handlers.tickets.events import TicketChanged
from handlers.tickets.evidence import Proof
from handlers.tickets.models import Action, State, Ticket
from handlers.tickets.opening import record
from handlers.tickets.rules import ACTIVE, next_state

MAX_TEXT = 2000
NOT_WITHDRAWN = "差评的单不能撤销，请查明原因后办结，住户会看到结果。"


def get(desk: Desk, number: str, *, lock: bool = True) -> Ticket:
    """The ticket of a number, locked for this transaction; raises NotFoundError."""
    query = sa.select(Ticket).where(Ticket.number == number.strip().upper())
    if lock:
        query = query.with_for_update(of=Ticket)
    ticket = desk.session.scalar(query)
    if ticket is None:
        raise NotFoundError(f"没有找到工单 {number}，请核对单号。", field="number")
    return ticket


def assign(desk: Desk, ticket: Ticket, *, to: str, by: str, because: str = "") -> None:
    """Give a ticket of the general queue, or of anyone, to a person."""
    _give(desk, ticket, Action.ASSIGN, to=to, by=by, text=because or None)


def transfer(desk: Desk, ticket: Ticket, *, to: str, by: str, text: str | None = None) -> None:
    """转派 to another person, who must accept it anew."""
    _give(desk, ticket, Action.TRANSFER, to=to, by=by, text=text)


def accept(desk: Desk, ticket: Ticket, *, by: str, text: str | None = None) -> None:
    """接单; who accepts becomes the assignee."""
    _take_over_assignment(desk, ticket, by)
    _step(desk, ticket, Action.ACCEPT, by=by, text=text)
    ticket.accepted_at = desk.now
    ticket.acknowledged_at = ticket.acknowledged_at or desk.now
    ticket.first_contact_at = ticket.first_contact_at or desk.now
    _settled(desk, ticket, Action.ACCEPT, by)


def depart(desk: Desk, ticket: Ticket, *, by: str) -> None:
    """出发; accepts too where nobody has."""
    _take_over_assignment(desk, ticket, by)
    _step(desk, ticket, Action.DEPART, by=by)
    ticket.accepted_at = ticket.accepted_at or desk.now
    ticket.acknowledged_at = ticket.acknowledged_at or desk.now
    _settled(desk, ticket, Action.DEPART, by)


def arrive(desk: Desk, ticket: Ticket, *, by: str, text: str | None = None) -> None:
    """到场."""
    _take_over_assignment(desk, ticket, by)
    _step(desk, ticket, Action.ARRIVE, by=by, text=text)
    ticket.arrived_at = desk.now
    ticket.accepted_at = ticket.accepted_at or desk.now
    ticket.acknowledged_at = ticket.acknowledged_at or desk.now
    ticket.first_contact_at = ticket.first_contact_at or desk.now
    _settled(desk, ticket, Action.ARRIVE, by)


def reply(desk: Desk, ticket: Ticket, *, by: str, text: str) -> None:
    """Write to the resident in the person's own words."""
    words = _needed(text, "请写上要回复住户的话，例如：回复 T… 师傅半小时到。")
    _step(desk, ticket, Action.REPLY, by=by, text=words)
    ticket.first_contact_at = ticket.first_contact_at or desk.now
    _settled(desk, ticket, Action.REPLY, by, text=words)


def note(desk: Desk, ticket: Ticket, *, by: str, text: str) -> None:
    """An internal note; the resident never sees it."""
    words = _needed(text, "请写上备注内容。")
    record(desk, ticket, Action.NOTE, by=by, text=words, is_public=False)
    ticket.updated_at = desk.now


def resolve(desk: Desk, ticket: Ticket, *, by: str, text: str, proof: Proof | None = None) -> None:
    """办结; the result is what the resident reads, so it cannot be left out.

    Staff show proof; other systems and the bot itself answer for what they say.
    """
    words = _needed(text, "请写上处理结果，住户会看到，例如：办结 T… 已更换保险，恢复供电。")
    root_cause = ""
    if proof is not None:
        root_cause = evidence.require(desk, ticket, proof, words, by=by)
    elif evidence.needs_cause(ticket):
        words, root_cause = evidence.cause_told(desk, ticket, words)
    _step(desk, ticket, Action.RESOLVE, by=by, text=words)
    ticket.resolved_at = desk.now
    ticket.result = words
    ticket.root_cause = root_cause or ticket.root_cause
    ticket.takeover_until = None
    _settled(desk, ticket, Action.RESOLVE, by, text=words)


def close(desk: Desk, ticket: Ticket, *, by: str, text: str | None = None) -> None:
    """Close; the survey is sent at once if none was (reactions see to it).

    What a bad mark opened is closed by the resident's word or by another than who ended the rated
    case, and not past its 办结 without the cause.
    """
    evidence.require_another(desk, ticket, by=by)
    if ticket.state in ACTIVE and evidence.needs_cause(ticket):
        ticket.root_cause = evidence.require_cause(desk, ticket, text or "")
    _step(desk, ticket, Action.CLOSE, by=by, text=text)
    ticket.closed_at = desk.now
    ticket.resolved_at = ticket.resolved_at or desk.now
    _end(ticket)
    _settled(desk, ticket, Action.CLOSE, by)


def cancel(desk: Desk, ticket: Ticket, *, by: str, text: str | None = None) -> None:
    """Withdraw a ticket that is no longer wanted; what a bad mark opened only its resident can."""
    if by != "resident" and evidence.needs_cause(ticket):
        raise DomainError(NOT_WITHDRAWN)
    _step(desk, ticket, Action.CANCEL, by=by, text=text)
    ticket.closed_at = desk.now
    _end(ticket)
    _settled(desk, ticket, Action.CANCEL, by, text=text)


def merge(desk: Desk, ticket: Ticket, *, into: str, by: str, text: str | None = None) -> None:
    """Merge into another ticket; whoever wrote here is told under the other number."""
    if into.strip().upper() == ticket.number:
        raise DomainError("不能合并到自己。", field="into")
    target = get(desk, into)
    if target.state not in ACTIVE | {State.RESOLVED}:
        raise StateConflictError(f"{target.number} 已经结束，不能再合并进去。")
    _step(desk, ticket, Action.MERGE, by=by, text=text, facts={"into": target.number})
    ticket.merged_into_id = target.id
    _end(ticket)
    record(desk, target, Action.MERGE, by=by, text=ticket.text, facts={"from": ticket.number})
    _settled(desk, ticket, Action.MERGE, by, text=target.number)


def escalate(desk: Desk, ticket: Ticket, *, by: str, text: str | None = None) -> None:
    """升级: move it one level up: team leader, station head, command centre."""
    _step(desk, ticket, Action.ESCALATE, by=by, text=text)
    ticket.escalation_level += 1
    notices.escalated(desk, ticket, text or "")
    _changed(desk, ticket, Action.ESCALATE, by)


def reopen(desk: Desk, ticket: Ticket, *, by: str, text: str | None = None) -> None:
    """Open a resolved or closed ticket again, with a fresh clock."""
    _step(desk, ticket, Action.REOPEN, by=by, text=text)
    ticket.closed_at = ticket.resolved_at = None
    ticket.accepted_at = ticket.arrived_at = ticket.acknowledged_at = None
    ticket.first_contact_at = None
    ticket.escalation_level = ticket.warned_percent = 0
    household.claim(desk.session, ticket)
    deadlines.set_due(desk, ticket, since=desk.now)
    _settled(desk, ticket, Action.REOPEN, by, text=text)


def urge(desk: Desk, ticket: Ticket, *, text: str) -> None:
    """催办: the assignee hears it; never a second ticket."""
    _step(desk, ticket, Action.URGE, by="resident", text=text)
    ticket.contact_count += 1
    notices.urged(desk, ticket, text)
    _changed(desk, ticket, Action.URGE, "resident")


def pause(desk: Desk, ticket: Ticket, *, by: str, reason: str) -> None:
    """Stop the clock while the matter waits for the resident or for force majeure."""
    words = _needed(reason, "请写上暂停的原因。")
    if ticket.pauses and "until" not in ticket.pauses[-1]:
        raise DomainError("这张工单的时限已经暂停了。")
    ticket.pauses = [*ticket.pauses, {"from": desk.now.isoformat(), "reason": words}]
    record(desk, ticket, Action.PAUSE, by=by, text=words, is_public=False)
    deadlines.set_due(desk, ticket)


def resume(desk: Desk, ticket: Ticket, *, by: str) -> None:
    """Let the clock run on; every due time moves by the pause."""
    if not ticket.pauses or "until" in ticket.pauses[-1]:
        raise DomainError("这张工单的时限没有暂停。")
    ticket.pauses = [*ticket.pauses[:-1], {**ticket.pauses[-1], "until": desk.now.isoformat()}]
    record(desk, ticket, Action.RESUME, by=by, is_public=False)
    deadlines.set_due(desk, ticket)


def take_over(desk: Desk, ticket: Ticket, *, by: str) -> datetime:
    """接管: the person writes to the resident; the bot pauses until the time returned."""
    if not ticket.openid:
        raise DomainError("这位住户没有用微信联系，不能接管聊天，请打电话。")
    minutes = desk.tables.routing.rules.takeover_minutes
    ticket.takeover_until = desk.now + timedelta(minutes=minutes)
    ticket.takeover_userid = by
    record(desk, ticket, Action.TAKE_OVER, by=by)
    _settled(desk, ticket, Action.TAKE_OVER, by)
    return ticket.takeover_until


def hand_back(desk: Desk, ticket: Ticket, *, by: str) -> None:
    """交回: the bot answers again."""
    ticket.takeover_until = ticket.takeover_userid = None
    record(desk, ticket, Action.HAND_BACK, by=by)
    _settled(desk, ticket, Action.HAND_BACK, by)


def staff_named(desk: Desk, name: str, *, station_code: str | None = None) -> Staff:
    """The person of a userid or a name; raises DomainError where none or several fit."""
    exact = desk.session.get(Staff, name.strip())
    if exact is not None and exact.is_active:
        return exact
    query = sa.select(Staff).where(Staff.name == name.strip(), Staff.is_active)
    people = list(desk.session.scalars(query))
    nearer = [person for person in people if person.station_code == station_code]
    found = nearer or people
    if len(found) != 1:
        problem = "没有这个人" if not found else "有几位同名，请写工号"
        raise DomainError(f"转派给谁？「{name}」{problem}。", field="to")
    return found[0]


def _give(
    desk: Desk, ticket: Ticket, action: Action, *, to: str, by: str, text: str | None
) -> None:
    person = staff_named(desk, to, station_code=ticket.station_code)
    if person.userid == ticket.assignee_userid:
        raise DomainError(f"这张工单本来就在{person.name}手上。", field="to")
    next_state(action, State(ticket.state), done_by=ticket.assignee.name if ticket.assignee else "")
    ticket.assignee_userid, ticket.assignee = person.userid, person
    ticket.assigned_because = text or "人工转派"
    if ticket.grid_code is None and person.station_code is not None:
        ticket.station_code = person.station_code
    _step(desk, ticket, action, by=by, text=text, facts={"to": person.userid})
    ticket.accepted_at = None
    _settled(desk, ticket, action, by, text=text)


def _take_over_assignment(desk: Desk, ticket: Ticket, by: str) -> None:
    person = desk.session.get(Staff, by)
    if person is not None and person.userid != ticket.assignee_userid:
        is_worker = person.role not in {Role.COMMAND_CENTER, Role.ADMIN}
        if is_worker or ticket.assignee_userid is None:
            ticket.assignee_userid, ticket.assignee = person.userid, person


def _step(
    desk: Desk,
    ticket: Ticket,
    action: Action,
    *,
    by: str,
    text: str | None = None,
    facts: dict[str, str] | None = None,
) -> None:
    before = State(ticket.state)
    ticket.state = next_state(
        action, before, done_by=ticket.assignee.name if ticket.assignee else ""
    )
    ticket.updated_at = desk.now
    words = text.strip()[:MAX_TEXT] if text else None
    record(desk, ticket, action, by=by, text=words, from_state=before, facts=facts)


def _settled(
    desk: Desk, ticket: Ticket, action: Action, by: str, *, text: str | None = None
) -> None:
    deadlines.refresh(desk, ticket)
    notices.stepped(desk, ticket, action, by=by, text=text)
    _changed(desk, ticket, action, by)


def _changed(desk: Desk, ticket: Ticket, action: Action, by: str) -> None:
    desk.record(TicketChanged(ticket.id, action, by))


def _end(ticket: Ticket) -> None:
    ticket.subject_key = None
    ticket.takeover_until = None
    ticket.next_due_at = None


def _needed(text: str | None, sentence: str) -> str:
    words = (text or "").strip()
    if not words:
        raise DomainError(sentence, field="text")
    return words[:MAX_TEXT]


def on_call(desk: Desk, ticket: Ticket) -> list[Staff]:
    """Who is paged for danger: the station's repair crew on shift, else every command desk."""
    if ticket.station_code is None:
        return grid.command_center(desk.session)
    crew = assignment.on_shift_crew(desk, ticket.station_code)
    return crew or grid.command_center(desk.session)
