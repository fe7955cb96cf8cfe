"""Papers an application needs: what is missing, sent back for once, taken in, reminded of."""

from collections.abc import Sequence

import sqlalchemy as sa

from handlers.applications import service, wording
from handlers.applications.models import ApplicationStage
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.tickets import opening
from handlers.tickets import service as tickets
from handlers.tickets.clock_rules import due_at
from handlers.tickets.models import Action, Media, Ticket
from handlers.tickets.rules import ACTIVE

MISSING = "补齐材料"
STILL_MISSING = "还缺这些，拍照发到这里就行："
PAUSED = "等住户补材料：{missing}"


def wait_for_papers(desk: Desk, ticket: Ticket) -> None:
    """A stage of the applicant's own, with the time of the next reminder."""
    for row in service.open_rows(desk, ticket, leg=service.APPLICANT):
        row.done_at = row.done_at or desk.now
    due = due_at(desk.now, desk.tables.services.remind_after, desk.tables.calendar).due
    desk.session.add(
        ApplicationStage(
            ticket_id=ticket.id,
            leg=service.APPLICANT,
            stage=MISSING,
            sequence=0,
            due_at=due,
            started_at=desk.now,
        )
    )
    desk.session.flush()


def return_for(
    desk: Desk, ticket: Ticket, missing: Sequence[str], *, by: str, reason: str = ""
) -> None:
    """退回补正: every missing paper and the reason in one message; the clock stands still."""
    names = [name.strip() for name in missing if name.strip()]
    if not names:
        raise DomainError("请写明还缺哪些材料，一次写全。", field="missing")
    ticket.fields = {**ticket.fields, "missing": names, "returned": "yes"}
    wait_for_papers(desk, ticket)
    if not ticket.pauses or "until" in ticket.pauses[-1]:
        tickets.pause(desk, ticket, by=by, reason=PAUSED.format(missing="、".join(names)))
    if ticket.openid:
        text = wording.materials(names, STILL_MISSING)
        service.tell(desk, ticket, "application_return", f"{reason}\n{text}" if reason else text)


def take_materials(
    desk: Desk, ticket: Ticket, *, by: str, names: Sequence[str] | None = None
) -> list[str]:
    """Note papers as received, all of them unless named; returns what is still missing."""
    missing = [str(name) for name in ticket.fields.get("missing", [])]
    left = [name for name in missing if names is not None and name not in names]
    taken = [name for name in missing if name not in left]
    ticket.fields = {**ticket.fields, "missing": left}
    if taken:
        opening.record(desk, ticket, Action.ADD, by=by, text=f"材料已收到：{'、'.join(taken)}")
    if not left:
        _papers_complete(desk, ticket, by)
    return left


def _papers_complete(desk: Desk, ticket: Ticket, by: str) -> None:
    for row in service.open_rows(desk, ticket, leg=service.APPLICANT):
        row.done_at = row.done_at or desk.now
    if ticket.fields.get("returned") and ticket.pauses and "until" not in ticket.pauses[-1]:
        tickets.resume(desk, ticket, by=by)
        service.replan(desk, ticket)


def remind_missing(desk: Desk) -> int:
    """Remind of papers that are still missing, a few times and no more; returns how many."""
    query = (
        sa.select(ApplicationStage, Ticket)
        .join(Ticket, Ticket.id == ApplicationStage.ticket_id)
        .where(
            ApplicationStage.leg == service.APPLICANT,
            ApplicationStage.done_at.is_(None),
            ApplicationStage.due_at <= desk.now,
            ApplicationStage.sequence > -desk.tables.services.max_reminders,
            Ticket.state.in_(ACTIVE),
            Ticket.openid.is_not(None),
        )
        .with_for_update(of=ApplicationStage, skip_locked=True)
    )
    return sum(_remind(desk, row[0], row[1]) for row in desk.session.execute(query).all())


def _remind(desk: Desk, stage: ApplicationStage, ticket: Ticket) -> bool:
    """One reminder; the stage's sequence counts them down. Enough pictures wait for a look."""
    span = desk.tables.services.remind_after
    stage.due_at = due_at(desk.now, span, desk.tables.calendar).due
    stage.sequence -= 1
    missing = [str(name) for name in ticket.fields.get("missing", [])]
    pictures = desk.session.scalar(
        sa.select(sa.func.count()).select_from(Media).where(Media.ticket_id == ticket.id)
    )
    if not missing or (pictures or 0) >= len(missing):
        return False
    text = wording.materials(missing, STILL_MISSING)
    service.tell(desk, ticket, "application_reminder", text)
    return True
