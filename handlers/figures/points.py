"""A person's cases of a month with what each was worth, and why; who is told of a dispute."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.points import PointRules
from handlers.desk import Desk
from handlers.figures.models import PointsDispute, TicketFact
from handlers.figures.rules import BEST
from handlers.grid import queries as grid
from handlers.grid.models import Role, Staff
from notifier.models import Channel
from notifier.outbox import Outgoing, put

RAISED, DECIDED = "points_disputed", "points_decided"


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket's points (hundredths), how they came about, and the dispute about them."""

    fact: TicketFact
    why: tuple[str, ...]
    dispute: PointsDispute | None

    @property
    def worth(self) -> float:
        return self.fact.points / 100


def of_month(
    session: Session, userid: str, since: date, until: date, rules: PointRules
) -> list[Case]:
    """The cases that began in these days, the newest first."""
    disputed = sa.and_(
        PointsDispute.ticket_id == TicketFact.ticket_id, PointsDispute.userid == userid
    )
    query = (
        sa.select(TicketFact, PointsDispute)
        .outerjoin(PointsDispute, disputed)
        .where(TicketFact.person == userid, TicketFact.day.between(since, until))
        .order_by(TicketFact.ticket_id.desc())
    )
    return [Case(fact, why(fact, rules), dispute) for fact, dispute in session.execute(query)]


def why(fact: TicketFact, rules: PointRules) -> tuple[str, ...]:
    """The base and each percentage that applied, in words."""
    if not fact.resolved:
        return ("撤销或合并，不计分",) if fact.dropped else ("还没办结",)
    percents = (
        (rules.percent.late, "超时", fact.finish_due > fact.finish_in_time),
        (rules.percent.reopened, "重新处理过", fact.reopened > 0),
        (rules.percent.bad_mark, "差评", fact.bad_marks > 0),
        (rules.percent.best_mark, "非常满意", fact.scored == 1 and fact.score_sum == BEST),
    )
    base = rules.base.get(fact.category, rules.default)
    return (f"基础 {base} 分", *(f"{word} {share}%" for share, word, holds in percents if holds))


def tell_leaders(desk: Desk, number: str, raised: PointsDispute) -> None:
    """The station's leaders, but for whoever objects himself; where there is none, the centre."""
    person = desk.session.get_one(Staff, raised.userid)
    leaders = [
        one
        for role in (Role.TEAM_LEADER, Role.STATION_HEAD)
        for one in grid.station_staff(desk.session, person.station_code, role)
        if one.userid != raised.userid
    ]
    facts = {"name": person.name, "number": number, "text": raised.text}
    _tell(desk, RAISED, leaders or grid.command_center(desk.session), raised, facts)


def tell_person(desk: Desk, number: str, decided: PointsDispute) -> None:
    person = desk.session.get_one(Staff, decided.userid)
    facts = {
        "number": number,
        "difference": decided.difference / 100,
        "answer": decided.answer,
    }
    _tell(desk, DECIDED, [person], decided, facts)


def _tell(
    desk: Desk, kind: str, people: list[Staff], about: PointsDispute, facts: Mapping[str, object]
) -> None:
    words = desk.words.text(kind, "staff", {**facts, "link": f"{desk.public_url}/console/points"})
    messages = [
        Outgoing(
            channel=Channel.WECOM_APP,
            target=person.userid,
            kind=kind,
            payload={"text": words},
            key=f"{kind}:{about.id}:{person.userid}",
        )
        for person in people
    ]
    put(desk.session, messages, now=desk.now)
