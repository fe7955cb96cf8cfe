"""工时积分 and the five-star rating of customer managers; points can be disputed."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.points import Stars
from handlers.desk import Desk
from handlers.errors import DomainError, NotAllowedError, NotFoundError, StateConflictError
from handlers.figures import points, totals
from handlers.figures.models import PointsDispute, TicketFact
from handlers.figures.totals import Span, Totals
from handlers.grid.models import Staff

NO_DISPUTE = "没有这条积分异议。"


@dataclass(frozen=True, slots=True)
class Scorecard:
    """One person's span; `stars` None where there is too little to judge."""

    userid: str
    name: str
    station_code: str
    totals: Totals
    adjusted: float
    stars: int | None

    @property
    def points(self) -> float:
        return round(self.totals.points + self.adjusted, 2)


def scorecards(desk: Desk, span: Span) -> list[Scorecard]:
    """Everyone who had a case in the span, most points first."""
    found = totals.grouped(desk.session, "person", span, desk.now)
    found.pop("", None)
    people = {p.userid: p for p in desk.session.scalars(sa.select(Staff)) if p.userid in found}
    adjusted = _adjustments(desk.session, span)
    loads = [sums.valid for sums in found.values()]
    usual = median(loads) if loads else 0.0
    cards = [
        Scorecard(
            userid,
            people[userid].name,
            people[userid].station_code or "",
            sums,
            adjusted.get(userid, 0) / 100,
            stars(sums, usual, desk.tables.points.stars),
        )
        for userid, sums in found.items()
        if userid in people
    ]
    return sorted(cards, key=lambda card: (-card.points, card.userid))


def stars(sums: Totals, usual_load: float, rules: Stars) -> int | None:
    """1 to 5 from service skill, quality and load."""
    if sums.valid < rules.fewest_cases:
        return None
    skill = sums.finish_rate if sums.finish_rate is not None else 1.0
    marked = sums.satisfaction if sums.satisfaction is not None else 1.0
    quality = max(0.0, marked - rules.bad_mark_costs * sums["bad_marks"])
    load = min(1.0, sums.valid / (2 * usual_load)) if usual_load else 0.0
    score = rules.skill * skill + rules.quality * quality + rules.load * load
    return max(1, sum(score >= limit for limit in rules.limits))


def dispute(desk: Desk, number: str, *, by: str, text: str) -> PointsDispute:
    """Object to one's points of a ticket, once; raises DomainError."""
    if not text.strip():
        raise DomainError("请写上哪里算得不对。", field="text")
    fact = desk.session.scalar(sa.select(TicketFact).where(TicketFact.number == number))
    if fact is None:
        raise NotFoundError(f"没有找到工单 {number}，请核对单号。", field="number")
    if fact.person != by:
        raise NotAllowedError("只能对自己的工单提出异议。", field="number")
    query = sa.select(PointsDispute.id).where(PointsDispute.ticket_id == fact.ticket_id)
    if desk.session.scalar(query.where(PointsDispute.userid == by)) is not None:
        raise StateConflictError("这张单已经提过异议了。", field="number")
    raised = PointsDispute(
        ticket_id=fact.ticket_id,
        userid=by,
        month=f"{fact.day:%Y-%m}",
        text=text.strip()[:500],
        raised_at=desk.now,
    )
    desk.session.add(raised)
    desk.session.flush()
    points.tell_leaders(desk, number, raised)
    return raised


def decide(desk: Desk, dispute_id: int, *, by: str, granted: float, answer: str) -> PointsDispute:
    """Grant a difference (0 refuses it) with a reason; nobody decides about himself."""
    found = desk.session.get(PointsDispute, dispute_id, with_for_update=True)
    if found is None:
        raise NotFoundError(NO_DISPUTE)
    if found.userid == by:
        raise NotAllowedError("不能处理自己的异议。")
    if found.decided_at is not None:
        raise StateConflictError("这条异议已经处理过了。")
    if not answer.strip():
        raise DomainError("请写上处理的理由。", field="answer")
    found.decided_at, found.decided_by, found.answer = desk.now, by, answer.strip()[:500]
    found.difference = round(granted * 100)
    fact = desk.session.get_one(TicketFact, found.ticket_id)
    points.tell_person(desk, fact.number, found)
    return found


def open_disputes(session: Session, *, station_code: str | None = None) -> list[PointsDispute]:
    query = sa.select(PointsDispute).where(PointsDispute.decided_at.is_(None))
    if station_code is not None:
        here = sa.select(Staff.userid).where(Staff.station_code == station_code)
        query = query.where(PointsDispute.userid.in_(here))
    return list(session.scalars(query.order_by(PointsDispute.id)))


def _adjustments(session: Session, span: Span) -> Mapping[str, int]:
    """What decided disputes added, by the day on which their ticket was opened."""
    query = (
        sa.select(PointsDispute.userid, sa.func.sum(PointsDispute.difference))
        .join(TicketFact, TicketFact.ticket_id == PointsDispute.ticket_id)
        .where(
            PointsDispute.decided_at.is_not(None),
            TicketFact.day.between(span.since, span.until),
        )
        .group_by(PointsDispute.userid)
    )
    return {row[0]: int(row[1]) for row in session.execute(query)}
