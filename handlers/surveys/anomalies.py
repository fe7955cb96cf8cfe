"""Marks that look as if staff had made them: flagged for a person to judge, never dropped."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from config.database import blind
from handlers.desk import Desk
from handlers.grid.models import Staff
from handlers.surveys.models import Survey
from handlers.tickets.models import Ticket

SELF_RATING = "self_rating"
SAME_PERSON = "same_person"
TOO_FAST = "too_fast"
WORDS = {
    SELF_RATING: "联系电话是员工的",
    SAME_PERSON: "同一微信替多户评价",
    TOO_FAST: "刚发出就评了",
}
FAST = timedelta(seconds=3)
HOUSEHOLDS = 3
LOOK_BACK = timedelta(days=30)
BEST = 5
MANY = 10


@dataclass(frozen=True, slots=True)
class AlwaysBest:
    """A person all of whose many marks are the best there is."""

    userid: str
    marks: int


def flags(desk: Desk, survey: Survey, ticket: Ticket) -> list[str]:
    """What is odd about an answer that has just come."""
    found = []
    if ticket.phone_index is not None and ticket.phone_index in staff_phones(desk):
        found.append(SELF_RATING)
    if survey.openid is not None and _households(desk, survey) >= HOUSEHOLDS:
        found.append(SAME_PERSON)
    if survey.sent_at is not None and desk.now - survey.sent_at < FAST:
        found.append(TOO_FAST)
    return found


def always_best(desk: Desk, since: timedelta = LOOK_BACK) -> list[AlwaysBest]:
    """Assignees with ten marks or more in the span, every one a 5."""
    query = (
        sa.select(Ticket.assignee_userid, Survey.score)
        .join(Ticket, Ticket.id == Survey.ticket_id)
        .where(
            Survey.answered_at >= desk.now - since,
            Survey.score.is_not(None),
            Ticket.assignee_userid.is_not(None),
        )
    )
    marks: Counter[str] = Counter()
    others: set[str] = set()
    for userid, score in desk.session.execute(query):
        marks[str(userid)] += 1
        if score != BEST:
            others.add(str(userid))
    return [
        AlwaysBest(userid, count)
        for userid, count in sorted(marks.items())
        if count >= MANY and userid not in others
    ]


def flagged(desk: Desk, since: timedelta = LOOK_BACK) -> list[tuple[Survey, Ticket]]:
    """Answers that carry a flag, the newest first."""
    query = (
        sa.select(Survey, Ticket)
        .join(Ticket, Ticket.id == Survey.ticket_id)
        .where(Survey.answered_at >= desk.now - since)
        .order_by(Survey.answered_at.desc())
    )
    return [(survey, ticket) for survey, ticket in desk.session.execute(query) if survey.flags]


def words(names: Iterable[str]) -> list[str]:
    return [WORDS.get(name, name) for name in names]


def staff_phones(desk: Desk) -> set[str]:
    phones = desk.session.scalars(sa.select(Staff.phone).where(Staff.is_active))
    return {blind(desk.session, phone, "phone") for phone in phones if phone}


def _households(desk: Desk, survey: Survey) -> int:
    """For how many households this person has answered lately, this one included."""
    query = sa.select(Survey.household_key).where(
        Survey.openid == survey.openid, Survey.answered_at >= desk.now - LOOK_BACK
    )
    return len({*desk.session.scalars(query), survey.household_key})
