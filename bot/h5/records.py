"""A ticket's progress as the resident sees it."""

from datetime import datetime
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from handlers.applications import papers, refusal
from handlers.applications import service as applications
from handlers.applications.models import ApplicationStage, PaperState
from handlers.desk import Desk
from handlers.masking import mask_text
from handlers.tickets.models import Action, Category, ShortLink, State, Ticket
from handlers.tickets.rules import CATEGORY_WORDS, STATE_WORDS

STEPS = (
    ("受理", "created_at"),
    ("接单", "accepted_at"),
    ("到场", "arrived_at"),
    ("办结", "resolved_at"),
    ("评价", "closed_at"),
)
TOLD = {
    Action.OPENED: "已受理",
    Action.ACCEPT: "已接单",
    Action.DEPART: "已出发",
    Action.ARRIVE: "已到场",
    Action.REPLY: "回复",
    Action.RESOLVE: "办结",
    Action.CLOSE: "关闭",
    Action.CANCEL: "撤销",
    Action.TRANSFER: "转派",
    Action.MERGE: "合并",
    Action.REOPEN: "重新处理",
    Action.URGE: "催办",
    Action.ADD: "补充",
}
DUE = {"first_contact": "联系", "arrival": "到场", "restoration": "恢复供电", "reply": "答复"}
PAPER_WORDS = {
    PaperState.WANTED: "还没发",
    PaperState.SENT: "收到了，等核对",
    PaperState.ACCEPTED: "核对好了",
    PaperState.RETURNED: "要重发",
}
MET = {"first_contact": "first_contact_at", "arrival": "arrived_at"}


def ticket_page(
    desk: Desk, link: ShortLink, ticket: Ticket, *, is_own: bool
) -> ResponseReturnValue:
    """Steps and times for whoever holds the link; words only for the resident himself."""
    return render_template(
        "h5/ticket.html",
        token=link.token,
        is_own=is_own,
        ticket=ticket,
        matter=CATEGORY_WORDS[Category(ticket.category)],
        state=STATE_WORDS[State(ticket.state)],
        steps=[(name, getattr(ticket, column)) for name, column in STEPS],
        stages=_stages(desk, ticket),
        papers=[(paper, PAPER_WORDS[PaperState(paper.state)]) for paper in papers.of(desk, ticket)],
        is_declined=ticket.fields.get("outcome") == refusal.DECLINED,
        due=[
            (word, datetime.fromisoformat(ticket.due[s]))
            for s, word in DUE.items()
            if s in ticket.due and not (MET.get(s) and getattr(ticket, MET[s]))
        ],
        lines=_lines(ticket, is_own=is_own),
        now=desk.now,
    )


def _lines(ticket: Ticket, *, is_own: bool) -> list[dict[str, Any]]:
    return [
        {
            "at": event.at,
            "what": TOLD[Action(event.action)],
            "text": mask_text(event.text) if event.text and is_own else "",
        }
        for event in ticket.events
        if event.is_public and event.action in TOLD
    ]


def _stages(desk: Desk, ticket: Ticket) -> list[ApplicationStage]:
    return applications.stages_of(desk, ticket)
