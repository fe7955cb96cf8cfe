"""The resident's word on a case: a tap, a digit, a word, a sentence."""

from dataclasses import replace

import sqlalchemy as sa

from handlers.customers.models import Resident
from handlers.desk import Desk
from handlers.dialogue.answers import ordinal
from handlers.dialogue.turn import Reply, Turn
from handlers.surveys import more, rules, service
from handlers.surveys.models import Survey
from handlers.surveys.rules import Mark
from handlers.tickets import contact, progress
from handlers.tickets.models import State, Ticket
from handlers.tickets.rules import number_for

THANKS = "谢谢您的评价（{number}）！"
THANKS_COMMENT = "谢谢您，话也记下了（{number}）。"
WHICH_CASE = "谢谢您。评价哪一次？请把单号和分数一起发，比如「{example} 5分」。"
WHICH_WRONG = "对不住，没让您满意。是哪一次？请发单号，或回「投诉」说说是什么事。"
NO_QUESTION = "现在没有要您选的题目。有事直接说；要评价，请把单号和分数一起发。"
NO_MORE = "好的，以后办完不再回访您。"
REFUSES = ("不要回访", "别回访", "不用回访", "不想评价", "别问了")
OPINION_INTENTS = frozenset(
    {
        "rate_service",
        "affirm",
        "deny",
        "thank",
        "praise",
        "out_of_scope",
        "still_no_power",
        "complain",
        "urge_ticket",
    }
)
MAX_BARE = 12
BEST, BAD = 5, 2


def take_answer(turn: Turn, desk: Desk) -> Reply | None:
    """A mark while a survey waits; None when the message is about something else."""
    if (reply := more.take(turn, desk, opinions=OPINION_INTENTS)) is not None:
        return reply
    text, mark = turn.inbound.text, _mark(turn)
    refuses = any(word in text for word in REFUSES)
    if mark is None and not refuses:
        return None  # most messages: no need to look
    survey = service.waiting_for(desk, turn.user_id)
    if survey is None:
        return None
    if refuses or mark is None:
        return _no_more(turn, desk)
    is_bare = ordinal(text) is not None or len(text.strip()) <= MAX_BARE
    if turn.meaning.intent not in OPINION_INTENTS and not is_bare:
        return None
    return _record(turn, desk, survey, mark)


def rate_service(turn: Turn, desk: Desk) -> Reply:
    """A rating without a waiting survey: the last done case's, or 「还没好」 opens it again."""
    survey = _named(turn, desk) or service.waiting_for(desk, turn.user_id)
    mark = _mark(turn)
    if mark is not None and mark.is_solved is False and survey is None:
        reopened = contact.reopen_recent(turn, desk)
        if reopened is not None:
            return reopened
        if contact.open_of(desk, turn.user_id):
            return progress.urge_ticket(turn, desk)
    if survey is None and (ticket := contact.recent_done(desk, turn.user_id)) is not None:
        survey = service.of_ticket(desk.session, ticket.id) or service.schedule(desk, ticket)
    if survey is None or survey.answered_at is not None or mark is None:
        return turn.finish(_which(turn, desk, mark))
    return _record(turn, desk, survey, mark)


def _named(turn: Turn, desk: Desk) -> Survey | None:
    """The survey of the resident's own done case whose number the message gives."""
    number = turn.value("ticket_number")
    if number is None:
        return None
    query = sa.select(Ticket).where(
        Ticket.number == number,
        Ticket.openid == turn.user_id,
        Ticket.state.in_((State.RESOLVED, State.CLOSED)),
    )
    ticket = desk.session.scalar(query)
    if ticket is None:
        return None
    return service.of_ticket(desk.session, ticket.id) or service.schedule(desk, ticket)


def _which(turn: Turn, desk: Desk, mark: Mark | None) -> str:
    """Ask which case a rating is about, in words that fit it."""
    if ordinal(turn.inbound.text) is not None:
        return NO_QUESTION
    if mark is not None and (mark.is_solved is False or (mark.score or BEST) <= BAD):
        return WHICH_WRONG
    return WHICH_CASE.format(example=number_for(desk.now, 1))


def _mark(turn: Turn) -> Mark | None:
    mark = rules.read_mark(turn.inbound.text)
    score = turn.value("score")
    if mark is None and score is not None and score.isdigit():
        return replace(rules.read_words(turn.inbound.text), score=int(score))
    return mark


def _record(turn: Turn, desk: Desk, survey: Survey, mark: Mark) -> Reply:
    text = turn.inbound.text.strip()
    comment = text if len(text) > 1 and ordinal(text) is None else None
    child = service.answer(desk, survey, mark, comment=comment, came_from="chat")
    ticket = desk.session.get_one(Ticket, survey.ticket_id)
    turn.memory.pop("form", None)
    words = service.sorry(desk, child) if child else (THANKS_COMMENT if comment else THANKS)
    return more.ask(turn, desk, survey, words.format(number=ticket.number))


def _no_more(turn: Turn, desk: Desk) -> Reply:
    resident = desk.session.get(Resident, turn.user_id)
    if resident is not None:
        resident.wants_surveys = False
    return turn.finish(NO_MORE)
