"""The short questions after a mark, in the chat: asked once each, dropped for any other matter."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers.desk import Desk
from handlers.dialogue.answers import bare, is_no, is_skip
from handlers.dialogue.turn import Reply, Turn
from handlers.surveys import questions, service
from handlers.surveys.models import Survey
from handlers.surveys.questions import Question
from handlers.surveys.rules import Mark
from handlers.tickets.contact import REOPENED
from handlers.tickets.models import Ticket

KEY = "survey"
THANKS = "记下了，谢谢您！"
NOTHING_MORE = "好的，谢谢您！"
NOTED = "记下了，会跟 {child} 一起处理。"
SHORT = 12


def ask(turn: Turn, desk: Desk, survey: Survey, said: str, *, asked: Sequence[str] = ()) -> Reply:
    """What was said, and behind it the next question that is worth asking."""
    question = _next(desk, survey, asked)
    if question is None:
        return Reply(said)
    turn.memory[KEY] = {
        "id": survey.id,
        "asked": [*asked, question.name],
        "at": desk.now.isoformat(),
    }
    return Reply(f"{said}\n\n{question.text}", question.choices, is_final=False)


def take(turn: Turn, desk: Desk, *, opinions: frozenset[str]) -> Reply | None:
    """The answer to such a question; None for another matter, and then it is not asked again."""
    waits = turn.memory.pop(KEY, None)
    survey = _survey(turn, desk, waits) if waits else None
    if survey is None or waits is None:
        return None
    question = _next(desk, survey, waits["asked"][:-1])
    if question is None or question.name != waits["asked"][-1]:
        return None  # answered on the page meanwhile
    text = turn.inbound.text.strip()
    is_talk = turn.meaning.intent in opinions or len(bare(text)) <= SHORT
    mark = questions.read(question, text) if is_talk else None
    is_words = turn.meaning.intent in opinions and len(bare(text)) > 1
    if mark is None and not is_words:
        return None
    if mark is not None and mark.is_empty and (is_skip(text) or is_no(text)):
        return Reply(NOTHING_MORE)
    return _record(turn, desk, survey, mark or Mark(), waits["asked"])


def _record(turn: Turn, desk: Desk, survey: Survey, mark: Mark, asked: Sequence[str]) -> Reply:
    text = turn.inbound.text.strip()
    child_id = survey.child_ticket_id
    added = service.add(desk, survey, mark, comment=text if len(bare(text)) > 1 else None)
    if added.reopened is not None:
        ticket = added.reopened
        who = f"{ticket.assignee.name}师傅" if ticket.assignee else "值班人员"
        return Reply(REOPENED.format(number=ticket.number, who=who))
    if added.child is not None:
        return Reply(service.sorry(desk, added.child))
    if child_id is not None:
        return Reply(NOTED.format(child=desk.session.get_one(Ticket, child_id).number))
    return ask(turn, desk, survey, THANKS, asked=asked)


def _next(desk: Desk, survey: Survey, asked: Sequence[str]) -> Question | None:
    ticket = desk.session.get_one(Ticket, survey.ticket_id)
    return questions.next_question(
        survey,
        is_repair=service.is_repair(ticket),
        is_bad=survey.child_ticket_id is not None,
        asked=asked,
    )


def _survey(turn: Turn, desk: Desk, waits: dict[str, Any]) -> Survey | None:
    """The survey that was asked about, unless that is long ago or another was sent since."""
    asked_at = datetime.fromisoformat(waits["at"])
    if desk.now - asked_at > timedelta(hours=desk.tables.surveys.more_hours):
        return None
    newer = service.waiting_for(desk, turn.user_id)
    if newer is not None and newer.sent_at is not None and newer.sent_at > asked_at:
        return None
    return desk.session.get(Survey, waits["id"])
