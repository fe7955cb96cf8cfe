"""Papers an application needs: what staff do with them, and reminders of what is missing."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from handlers.applications import papers, service, wording
from handlers.applications.models import ApplicationStage, PaperState
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.tickets import notices, opening
from handlers.tickets import service as tickets
from handlers.tickets.clock_rules import due_at
from handlers.tickets.models import Action, Ticket
from handlers.tickets.rules import ACTIVE

MISSING = "补齐材料"
STILL_MISSING = "还缺这些，拍照发到这里就行："
SEND_AGAIN = "这些要重发，拍照发到这里就行："
FIRST = "先发「{name}」。"
PAUSED = "等住户补材料：{missing}"
ALL_SENT = "住户材料已发齐，请核对：{names}"
ALL_GOOD = "材料核对好了，不用再补。"
NAME_ALL = "请写明还缺哪些材料，一次写全。"
NEED_REASON = "请写明「{name}」为什么要重发，住户会看到，例如：照片看不清。"
LONGEST = 60  # characters of a paper's name and of a reason


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
    """退回补正 for one reason: see `send_back`; `missing` may name papers by their words."""
    names = [_full_name(desk, ticket, name) for name in missing if name.strip()]
    send_back(desk, ticket, dict.fromkeys(names, reason.strip()), by=by)


def send_back(desk: Desk, ticket: Ticket, reasons: Mapping[str, str], *, by: str) -> None:
    """Ask for papers again, or for new ones, all in one message; the clock stands still.

    `reasons` says for each paper what is wrong with it, empty where it never came.
    """
    _require_open(desk, ticket)
    wanted = {name.strip()[:LONGEST]: why.strip()[:LONGEST] for name, why in reasons.items()}
    if not wanted or "" in wanted:
        raise DomainError(NAME_ALL, field="missing")
    for name, why in wanted.items():
        paper = papers.want(desk, ticket, name)
        had = paper.state in {PaperState.SENT, PaperState.ACCEPTED}
        if had and not why:
            raise DomainError(NEED_REASON.format(name=name), field="reason")
        paper.state = PaperState.RETURNED if had or why else PaperState.WANTED
        paper.reason = why
        papers.set_aside(desk, ticket, name)
    papers.ask_for(desk, ticket, papers.want(desk, ticket, next(iter(wanted))))
    left = papers.note_missing(desk, ticket)
    ticket.fields = {**ticket.fields, "returned": "yes"}
    wait_for_papers(desk, ticket)
    lines = [f"{name}：{why}" if why else name for name, why in wanted.items()]
    others = [name for name in left if name not in wanted]
    if not ticket.pauses or "until" in ticket.pauses[-1]:
        tickets.pause(desk, ticket, by=by, reason=PAUSED.format(missing="、".join(wanted)))
    opening.record(desk, ticket, Action.ADD, by=by, text=f"请住户补：{'；'.join(lines)}")
    if ticket.openid:
        lead = SEND_AGAIN if any(wanted.values()) else STILL_MISSING
        text = wording.numbered([*lines, *others], lead)
        first = FIRST.format(name=next(iter(wanted))) if len(left) > 1 else ""
        service.tell(desk, ticket, "application_return", f"{text}\n{first}".strip())


def take_materials(
    desk: Desk,
    ticket: Ticket,
    *,
    by: str,
    names: Sequence[str] | None = None,
    tells: bool = True,
) -> list[str]:
    """Papers that were looked at and are good, all of them unless named; what still lacks."""
    _require_open(desk, ticket)
    wanted = None if names is None else [_full_name(desk, ticket, name) for name in names]
    rows = papers.of(desk, ticket)
    if wanted is not None and (unknown := [n for n in wanted if n not in {r.name for r in rows}]):
        known = "、".join(row.name for row in rows)
        raise DomainError(f"没有「{unknown[0]}」这样材料，可以写：{known}", field="names")
    chosen = [row for row in rows if wanted is None or row.name in wanted]
    taken = [row for row in chosen if row.state != PaperState.ACCEPTED]
    for row in taken:
        row.state, row.reason, row.asked_at = PaperState.ACCEPTED, "", None
    left = papers.note_missing(desk, ticket)
    if taken:
        text = f"材料已核对：{'、'.join(row.name for row in taken)}"
        opening.record(desk, ticket, Action.ADD, by=by, text=text)
    if not left:
        _run_on(desk, ticket, by)
    is_complete = all(row.state == PaperState.ACCEPTED for row in rows)
    if taken and is_complete and tells and ticket.openid:
        service.tell(desk, ticket, "application_stage", ALL_GOOD)
    return left


def all_sent(desk: Desk, ticket: Ticket) -> None:
    """The resident has sent the last paper: it is the manager's turn, and his clock's."""
    _run_on(desk, ticket, "resident")
    names = "、".join(row.name for row in papers.of(desk, ticket) if row.state == PaperState.SENT)
    notices.words_added(desk, ticket, ALL_SENT.format(names=names))


def _run_on(desk: Desk, ticket: Ticket, by: str) -> None:
    for row in service.open_rows(desk, ticket, leg=service.APPLICANT):
        row.done_at = row.done_at or desk.now
    if ticket.fields.get("returned") and ticket.pauses and "until" not in ticket.pauses[-1]:
        tickets.resume(desk, ticket, by=by)
        service.replan(desk, ticket)


def _full_name(desk: Desk, ticket: Ticket, name: str) -> str:
    """A paper of the application by its name or a word for it; else the name as written."""
    found = papers.named(desk, ticket, name)
    return found.name if found is not None else name.strip()


def _require_open(desk: Desk, ticket: Ticket) -> None:
    if not service.stages_of(desk, ticket):
        raise DomainError(service.NOT_AN_APPLICATION)
    if ticket.state not in ACTIVE:
        raise DomainError(service.OVER.format(number=ticket.number))


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
    """One reminder; the stage's sequence counts them down."""
    span = desk.tables.services.remind_after
    stage.due_at = due_at(desk.now, span, desk.tables.calendar).due
    stage.sequence -= 1
    missing = papers.lacking(desk, ticket)
    if not missing:
        return False
    first = papers.awaited(desk, ticket)
    if first is not None:
        papers.ask_for(desk, ticket, first)
    text = wording.numbered(missing, STILL_MISSING)
    service.tell(desk, ticket, "application_reminder", text)
    return True
