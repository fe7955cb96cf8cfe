"""Move an application through its stages; each leg of a joint ticket goes on by itself."""

import sqlalchemy as sa

from config.services import Service
from config.sla import Stage
from handlers.applications import stage_rules, wording
from handlers.applications.models import ApplicationStage
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.tickets import deadlines, notices, opening, standstill
from handlers.tickets.models import Action, Ticket
from notifier.outbox import put

APPLICANT = "住户"  # the leg of what the applicant himself has to do
FOLLOWING = "接下来：{stage}。"
ALL_DONE = "环节都办完了，结果马上告诉您。"
STAGE_TOLD = "{stage}已完成"
NOT_AN_APPLICATION = "这张工单不是用电申请，没有办理环节。"
OVER = "{number} 已经结束，不能再改。"
NO_STAGE = "这张工单没有正在办的「{stage}」环节。"


def stages_of(desk: Desk, ticket: Ticket, *, leg: str | None = None) -> list[ApplicationStage]:
    """The stages of a ticket in order, without what the applicant has to bring."""
    query = sa.select(ApplicationStage).where(
        ApplicationStage.ticket_id == ticket.id, ApplicationStage.leg != APPLICANT
    )
    if leg is not None:
        query = query.where(ApplicationStage.leg == leg)
    return list(desk.session.scalars(query.order_by(ApplicationStage.sequence)))


def open_rows(desk: Desk, ticket: Ticket, *, leg: str | None = None) -> list[ApplicationStage]:
    """What is not done yet, of one leg or of all, the applicant's too."""
    query = sa.select(ApplicationStage).where(
        ApplicationStage.ticket_id == ticket.id, ApplicationStage.done_at.is_(None)
    )
    if leg is not None:
        query = query.where(ApplicationStage.leg == leg)
    return list(desk.session.scalars(query))


def begin(desk: Desk, ticket: Ticket, service: Service) -> list[ApplicationStage]:
    """Write down the stages of a new application."""
    planned = stage_rules.plan(service, ticket.fields, ticket.reported_at, desk.tables.calendar)
    desk.session.add_all(
        ApplicationStage(
            ticket_id=ticket.id,
            leg=one.leg,
            stage=one.name,
            sequence=number,
            due_at=one.due,
            started_at=desk.now if one.starts_now else None,
        )
        for number, one in enumerate(planned, 1)
    )
    _refresh(desk, ticket)
    return stages_of(desk, ticket)


def advance(
    desk: Desk, ticket: Ticket, stage: str = "", *, by: str, note: str = "", tells: bool = True
) -> ApplicationStage:
    """Complete a running stage, the first one unless named, and start the next of its leg."""
    running = [s for s in stages_of(desk, ticket) if s.started_at and s.done_at is None]
    done = next((s for s in running if stage in ("", s.stage)), None)
    if done is None:
        raise DomainError(NO_STAGE.format(stage=stage) if stage else NOT_AN_APPLICATION)
    done.done_at, done.note = desk.now, note
    _start_next(desk, ticket, done)
    _refresh(desk, ticket)
    text = STAGE_TOLD.format(stage=done.stage)
    opening.record(
        desk,
        ticket,
        Action.REPLY if tells else Action.NOTE,
        by=by,
        text=f"{text}。{note}" if note else text,
        is_public=tells,
    )
    if tells:
        ticket.first_contact_at = ticket.first_contact_at or desk.now
        deadlines.refresh(desk, ticket)
        if ticket.openid:
            tell(desk, ticket, "application_stage", _told(ticket, text, note))
    _hand_on(desk, ticket, done)
    return done


def _told(ticket: Ticket, text: str, note: str) -> str:
    """What is done, what was found, what comes next by when."""
    following = str(ticket.fields.get("stage") or "")
    parts = [f"{text}。", note, FOLLOWING.format(stage=following) if following else ALL_DONE]
    return "\n".join(part for part in parts if part)


def _hand_on(desk: Desk, ticket: Ticket, done: ApplicationStage) -> None:
    """The next stage's card, with its buttons, to the person in charge."""
    started = [s for s in stages_of(desk, ticket, leg=done.leg) if s.started_at and not s.done_at]
    if ticket.assignee is None or not started:
        return
    due = started[0].due_at
    words = f"{started[0].stage}{f'（最晚{due.month}月{due.day}日）' if due else ''}"
    card = notices.card(
        desk, ticket, ticket.assignee, "ticket_stage", because=words, round_of=str(started[0].id)
    )
    put(desk.session, [card], now=desk.now)


def complete(desk: Desk, ticket: Ticket) -> None:
    """Close every stage of a ticket that is resolved."""
    for stage in open_rows(desk, ticket):
        stage.started_at = stage.started_at or desk.now
        stage.done_at = stage.done_at or desk.now
    _refresh(desk, ticket)


def withdraw(desk: Desk, ticket: Ticket) -> None:
    """Drop what is still to come of a ticket that was cancelled or merged."""
    desk.session.execute(
        sa.delete(ApplicationStage).where(
            ApplicationStage.ticket_id == ticket.id, ApplicationStage.done_at.is_(None)
        )
    )
    _refresh(desk, ticket)


def set_live_work(desk: Desk, ticket: Ticket, *, possible: bool, by: str) -> None:
    """After the look on site: disconnecting goes without an outage (3 days) or with one (8)."""
    ticket.fields = {**ticket.fields, "live_work": "yes" if possible else "no"}
    replan(desk, ticket)
    words = "可以带电拆除" if possible else "需要停电拆除"
    opening.record(desk, ticket, Action.ADD, by=by, text=words)
    deadlines.set_due(desk, ticket)
    if ticket.openid:
        tell(desk, ticket, "application_stage", f"师傅看过了，{words}。")


def replan(desk: Desk, ticket: Ticket) -> None:
    """Work out anew what is to come, after a decision on site or a pause of the clock."""
    calendar, facts = desk.tables.calendar, ticket.fields
    service = _service_of(desk, ticket)
    pauses = standstill.pauses_of(ticket, Stage.REPLY, (), desk.now)
    fitting = stage_rules.plan(service, facts, ticket.reported_at, calendar, pauses)
    to_come = [row for row in stages_of(desk, ticket) if row.done_at is None]
    for row, planned in _pairs(to_come, fitting):
        row.stage, row.due_at = planned.name, planned.due
        table_row = stage_rules.row_named(service, row.stage, facts)
        if planned.due is None and row.started_at is not None and table_row is not None:
            row.due_at = stage_rules.due_of(table_row, row.started_at, calendar, pauses)
    _refresh(desk, ticket)


def _start_next(desk: Desk, ticket: Ticket, done: ApplicationStage) -> None:
    coming = next((s for s in stages_of(desk, ticket, leg=done.leg) if s.started_at is None), None)
    if coming is None:
        return
    coming.started_at = desk.now
    if coming.due_at is None:
        row = stage_rules.row_named(_service_of(desk, ticket), coming.stage, ticket.fields)
        coming.due_at = stage_rules.due_of(row, desk.now, desk.tables.calendar) if row else None


def _refresh(desk: Desk, ticket: Ticket) -> None:
    """Keep the running stages as words on the ticket, where lower layers can say them."""
    desk.session.flush()
    words = wording.standing(stages_of(desk, ticket))
    ticket.fields = {**ticket.fields, "stage": words}
    ticket.updated_at = desk.now


def _pairs(
    rows: list[ApplicationStage], planned: list[stage_rules.Planned]
) -> list[tuple[ApplicationStage, stage_rules.Planned]]:
    """Open stages with their new plan: both run in the same order within a leg."""
    found = []
    for row in rows:
        same_leg = [one for one in planned if one.leg == row.leg]
        exact = next((one for one in same_leg if one.name == row.stage), None)
        if (one := exact or (same_leg[-1] if same_leg else None)) is not None:
            found.append((row, one))
    return found


def _service_of(desk: Desk, ticket: Ticket) -> Service:
    service = desk.tables.services.by_intent.get(ticket.intent)
    if service is None:
        raise DomainError(NOT_AN_APPLICATION)
    return service


def tell(desk: Desk, ticket: Ticket, kind: str, text: str) -> None:
    put(desk.session, [notices.resident(desk, ticket, kind, text=text)], now=desk.now)
