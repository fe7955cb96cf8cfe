"""A case's survey as a page: the mark, then what is still worth asking; all but the mark optional."""

from collections.abc import Mapping

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from handlers.desk import Desk
from handlers.surveys import rules
from handlers.surveys import service as surveys
from handlers.surveys.models import Survey
from handlers.surveys.rules import Mark
from handlers.surveys.service import Added
from handlers.tickets import service
from handlers.tickets.models import Category, ShortLink, Ticket
from handlers.tickets.rules import CATEGORY_WORDS

SCORES = ((5, "非常满意"), (4, "满意"), (3, "一般"), (2, "不满意"), (1, "非常不满意"))
MANNERS = (("kind", "好"), ("fair", "一般"), ("rude", "不好"))
ATTITUDES = {
    "kind": rules.GOOD_ATTITUDE,
    "fair": rules.FAIR_ATTITUDE,
    "rude": rules.BAD_ATTITUDE,
}
YES_NO = {"yes": True, "no": False}
MAX_COMMENT = 500
NO_MARK = "请点一个满意程度。"


def page(desk: Desk, link: ShortLink, ticket: Ticket, *, fault: str = "", comment: str = "") -> str:
    """The first page: how satisfied, solved or not, and words."""
    return render_template(
        "h5/survey.html",
        token=link.token,
        ticket=ticket,
        matter=CATEGORY_WORDS[Category(ticket.category)],
        survey=surveys.of_ticket(desk.session, ticket.id),
        scores=SCORES,
        fault=fault,
        comment=comment,
    )


def take(desk: Desk, link: ShortLink, form: Mapping[str, str]) -> ResponseReturnValue:
    """Record the answer at once; what was typed stays on the page when the mark is missing."""
    ticket = service.get(desk, link.record)
    survey = surveys.of_ticket(desk.session, ticket.id)
    mark, comment = _read(form), _comment(form)
    if survey is None or (mark.score is None and mark.is_solved is not False):
        return page(desk, link, ticket, fault=NO_MARK, comment=comment), 422
    child = surveys.answer(desk, survey, mark, comment=comment or None, came_from="h5")
    return _thanks(desk, link, ticket, survey, Added(child=child))


def take_more(desk: Desk, link: ShortLink, form: Mapping[str, str]) -> ResponseReturnValue:
    """Add to an answer what it did not speak of, while its survey is still open to answers."""
    ticket = service.get(desk, link.record)
    survey = surveys.of_ticket(desk.session, ticket.id)
    if survey is None or survey.answered_at is None:
        abort(404)
    mark, comment = _read(form), _comment(form)
    added = Added()
    if surveys.takes_more(desk, survey) and not (mark.is_empty and not comment):
        added = surveys.add(desk, survey, mark, comment=comment or None)
    return _thanks(desk, link, ticket, survey, added, asks_more=False)


def _thanks(
    desk: Desk,
    link: ShortLink,
    ticket: Ticket,
    survey: Survey,
    added: Added,
    *,
    asks_more: bool = True,
) -> ResponseReturnValue:
    return render_template(
        "h5/thanks.html",
        token=link.token,
        child=added.child,
        reopened=added.reopened,
        hours=desk.tables.surveys.contact_hours,
        regulator=desk.tables.contacts.regulator,
        survey=survey,
        asks_time=asks_more and survey.was_in_time is None,
        asks_manner=asks_more and survey.attitude is None,
        is_repair=surveys.is_repair(ticket),
        manners=MANNERS,
    )


def _read(form: Mapping[str, str]) -> Mark:
    score = form.get("score", "")
    return Mark(
        int(score) if score in {"1", "2", "3", "4", "5"} else None,
        YES_NO.get(form.get("solved", "")),
        YES_NO.get(form.get("in_time", "")),
        ATTITUDES.get(form.get("manner", "")),
    )


def _comment(form: Mapping[str, str]) -> str:
    return form.get("comment", "").strip()[:MAX_COMMENT]
