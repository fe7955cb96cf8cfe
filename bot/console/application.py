"""An application on its ticket's page: stages, papers one by one, and what is decided on site."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import request

from bot.console.may import DUTY
from handlers.applications import materials, papers, refusal, service
from handlers.applications.models import ApplicationPaper, ApplicationStage, PaperState
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.tickets.models import Action, Media, Ticket
from handlers.tickets.rules import ACTIVE

PAPER_WORDS = {
    PaperState.WANTED: "还没交",
    PaperState.SENT: "待核对",
    PaperState.ACCEPTED: "已核对",
    PaperState.RETURNED: "已退回，等重发",
}
OUTAGE_HOURS = (9, 11)  # the usual slot of a short planned stop; the composer can change it
NOTHING_CHOSEN = "请至少选一样材料：收下，或退回。"
NEED_ANSWER = "请选能不能带电拆。"


@dataclass(frozen=True, slots=True)
class Paper:
    row: ApplicationPaper
    state: str
    media: list[Media]


def values(desk: Desk, ticket: Ticket, role: str) -> dict[str, Any] | None:
    """What the panel shows; None where the ticket is no application."""
    stages = service.stages_of(desk, ticket)
    kind = desk.tables.services.by_intent.get(ticket.intent)
    if kind is None or not (stages or ticket.fields.get("outcome")):
        return None
    running = [one for one in stages if one.started_at and one.done_at is None]
    return {
        "title": kind.title,
        "stages": stages,
        "running": running,
        "late": {one.id for one in running if one.due_at and one.due_at < desk.now},
        "papers": _papers(desk, ticket),
        "return_reasons": desk.tables.services.return_reasons,
        "decline_reasons": desk.tables.services.decline_reasons,
        "asks_live_work": _asks_live_work(desk, ticket),
        "is_declined": ticket.fields.get("outcome") == refusal.DECLINED,
        "outage_plan": _outage_plan(ticket, running) if role in DUTY else "",
        "is_active": ticket.state in ACTIVE,
    }


def running_stage(desk: Desk, ticket: Ticket) -> str:
    """The one stage that is next to be completed; empty where none or several run."""
    if ticket.intent not in desk.tables.services.by_intent:
        return ""
    stages = service.stages_of(desk, ticket)
    running = [one for one in stages if one.started_at and one.done_at is None]
    return running[0].stage if len(running) == 1 else ""


def finish_stage(desk: Desk, ticket: Ticket, by: str) -> None:
    note = request.form.get("text", "").strip()
    service.advance(desk, ticket, request.form.get("stage", ""), by=by, note=note)


def check_papers(desk: Desk, ticket: Ticket, by: str) -> None:
    """What was found of each paper, and what else is needed, in one go and one message."""
    form = request.form
    good, bad = [], {}
    for row in papers.of(desk, ticket):
        verdict = form.get(f"verdict-{row.id}", "")
        if verdict == "good":
            good.append(row.name)
        elif verdict == "bad":
            why = form.get(f"reason-{row.id}", "").strip()
            if not why and row.state in {PaperState.SENT, PaperState.ACCEPTED}:
                raise DomainError(materials.NEED_REASON.format(name=row.name), field="reason")
            bad[row.name] = why
    more = [name.strip() for name in form.get("more", "").replace("，", "、").split("、")]
    bad |= dict.fromkeys((name for name in more if name), "")
    if not good and not bad:
        raise DomainError(NOTHING_CHOSEN, field="papers")
    if good:
        materials.take_materials(desk, ticket, by=by, names=good, tells=not bad)
    if bad:
        materials.send_back(desk, ticket, bad, by=by)


def say_live_work(desk: Desk, ticket: Ticket, by: str) -> None:
    answer = request.form.get("possible", "")
    if answer not in {"yes", "no"}:
        raise DomainError(NEED_ANSWER, field="possible")
    service.set_live_work(desk, ticket, possible=answer == "yes", by=by)


def decline(desk: Desk, ticket: Ticket, by: str) -> None:
    form = request.form
    reasons = [*form.getlist("reasons"), form.get("other_reason", "")]
    refusal.decline(desk, ticket, reasons, by=by, instead=form.get("text", ""))


# Who may do the other may do this: stages and papers are notes, a refusal decides.
LIKE = {
    "stage": Action.NOTE,
    "papers": Action.NOTE,
    "live_work": Action.NOTE,
    "decline": Action.CANCEL,
}
STEPS = {
    "stage": (finish_stage, "环节已完成，住户已知道。"),
    "papers": (check_papers, "材料核对已记，要重发的住户已知道。"),
    "live_work": (say_live_work, "已记下，时限和环节已改，住户已知道。"),
    "decline": (decline, "已告诉住户办不成的原因和怎么办。"),
}


def _papers(desk: Desk, ticket: Ticket) -> list[Paper]:
    query = sa.select(Media).where(Media.ticket_id == ticket.id, Media.material != "")
    shown = list(desk.session.scalars(query.order_by(Media.id)))
    return [
        Paper(row, PAPER_WORDS[PaperState(row.state)], [m for m in shown if m.material == row.name])
        for row in papers.of(desk, ticket)
    ]


def _asks_live_work(desk: Desk, ticket: Ticket) -> bool:
    """Whether a stage of this service depends on the look on site, which nobody has told yet."""
    kind = desk.tables.services.by_intent[ticket.intent]
    depends = any("live_work" in row.when for row in kind.stages)
    return depends and not ticket.fields.get("live_work") and ticket.state in ACTIVE


def _outage_plan(ticket: Ticket, running: list[ApplicationStage]) -> str:
    """The query of the outage composer for a stage that needs a stop, on its last day."""
    stage = next((one for one in running if "停电" in one.stage and one.due_at), None)
    if stage is None or stage.due_at is None or ticket.area_code is None:
        return ""
    begins, ends = OUTAGE_HOURS
    return urlencode(
        {
            "kind": "temporary",
            "areas": ticket.area_code,
            "starts_at": _at(stage.due_at, begins),
            "ends_at": _at(stage.due_at, ends),
            "reason": stage.stage.removeprefix("停电"),
        }
    )


def _at(day: datetime, hour: int) -> str:
    return f"{day:%Y-%m-%d}T{hour:02d}:00"
