"""What a talk has come to, for the member of staff who takes it over: what is known, the last lines."""

from typing import Any

import sqlalchemy as sa

from bot.conversation.models import Conversation, Utterance
from config.clock import china
from handlers.desk import Desk
from handlers.tickets.events import TicketChanged
from handlers.tickets.models import Action, Ticket

LINES = 8
LONGEST = 60  # characters of a line; the whole must fit into one message of the platform
SPEAKERS = {"resident": "住户", "bot": "机器人"}
GENERATION = "有光伏或发电机"
KNOWN = "已知：{facts}"
ASKED = "正等他答：{question}"
SAID = "最近的话："


def of_happened(desk: Desk) -> str:
    """The talk of the ticket that was taken over in this turn; empty where none was."""
    taken = (
        event.ticket_id
        for event in desk.happened
        if isinstance(event, TicketChanged) and event.action == Action.TAKE_OVER
    )
    ticket = desk.session.get(Ticket, number) if (number := next(taken, None)) else None
    return told(desk, ticket) if ticket is not None else ""


def told(desk: Desk, ticket: Ticket) -> str:
    """What is known, what is being asked, and the last lines; of who reports in confidence nothing."""
    if ticket.is_confidential or ticket.openid is None:
        return ""
    parts: list[str] = []
    facts = [ticket.name, f"{ticket.place_text}{ticket.address or ''}", ticket.phone]
    facts.append(f"户号{ticket.account_number}" if ticket.account_number else None)
    facts.append(GENERATION if ticket.has_generation else None)
    if any(facts):
        parts.append(KNOWN.format(facts="，".join(filter(None, facts))))
    if question := _open_question(desk, ticket.openid):
        parts.append(ASKED.format(question=_short(question)))
    lines = _lines(desk, ticket.openid)
    return "\n".join([*parts, SAID, *lines] if lines else parts)


def _open_question(desk: Desk, openid: str) -> str:
    talk = desk.session.get(Conversation, openid)
    form: dict[str, Any] = (talk.memory.get("form") if talk else None) or {}
    return str(form.get("question") or "")


def _lines(desk: Desk, openid: str) -> list[str]:
    query = sa.select(Utterance).where(Utterance.user_id == openid).order_by(Utterance.id.desc())
    newest = desk.session.scalars(query.limit(LINES)).all()
    return [
        f"{china(line.at):%H:%M} {SPEAKERS.get(line.speaker, line.speaker)}：{_short(line.text)}"
        for line in reversed(newest)
    ]


def _short(text: str) -> str:
    whole = " ".join(text.split())
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 1]}…"
