"""What is open now, by state, age and lateness; and the tickets behind every figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.figures import outage_promises
from handlers.figures.models import OutageFact, TicketFact
from handlers.figures.totals import Span
from handlers.tickets.rules import ACTIVE

AGES: tuple[tuple[str, timedelta | None], ...] = (
    ("1小时内", timedelta(hours=1)),
    ("4小时内", timedelta(hours=4)),
    ("24小时内", timedelta(hours=24)),
    ("3天内", timedelta(days=3)),
    ("3天以上", None),
)
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Open:
    """Open cases: by state, by age, past a deadline."""

    total: int
    late: int
    by_state: dict[str, int]
    by_age: dict[str, int]


def is_late(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(
        TicketFact.contact_by < now, TicketFact.arrival_by < now, TicketFact.finish_by < now
    )


# Each figure's name in the address of its list, and which tickets it counts.
FIGURES: Mapping[str, tuple[str, sa.ColumnElement[bool]]] = {
    "created": ("受理", TicketFact.created == 1),
    "resolved": ("已办结", TicketFact.resolved == 1),
    "arrived": ("已到场", TicketFact.arrived == 1),
    "not_soon": (
        "到场超过15分钟",
        sa.and_(TicketFact.arrived == 1, TicketFact.arrived_soon == 0),
    ),
    "no_contact": (
        "没有按时响应",
        sa.and_(TicketFact.contact_due == 1, TicketFact.contact_in_time == 0),
    ),
    "arrival_missed": (
        "没有按时到场",
        sa.and_(TicketFact.arrival_due == 1, TicketFact.arrival_in_time == 0),
    ),
    "finish_missed": (
        "没有按时办结",
        sa.and_(TicketFact.finish_due == 1, TicketFact.finish_in_time == 0),
    ),
    "promise_broken": ("承诺没做到", TicketFact.promises_kept < TicketFact.promises_due),
    "unsolved": ("住户说没解决", TicketFact.told_solved > TicketFact.solved),
    "not_in_time": ("住户说不及时", TicketFact.told_time > TicketFact.in_time),
    "not_kind": ("住户没说态度好", TicketFact.told_manner > TicketFact.kind),
    "unsatisfied": ("没有评满意", TicketFact.scored > TicketFact.satisfied),
    "bad_marks": ("差评", TicketFact.bad_marks > 0),
    "no_answer": ("没有回评价", TicketFact.surveyed > TicketFact.answered),
    "repeated": ("重复诉求", TicketFact.repeated == 1),
    "reopened": ("重新处理", TicketFact.reopened > 0),
    "urged": ("催办", TicketFact.urged > 0),
    "open": ("在办", TicketFact.is_open.is_(True)),
    "late": ("超时在办", TicketFact.is_open.is_(True)),
}
# Open cases past a deadline are counted as missed before a step tells so (`totals.LATE`).
LAPSED: Mapping[str, Any] = {
    "no_contact": TicketFact.contact_by,
    "arrival_missed": TicketFact.arrival_by,
    "finish_missed": TicketFact.finish_by,
    "promise_broken": TicketFact.promise_by,
}
NOW_ONLY = frozenset({"open", "late"})


def open_cases(session: Session, station_code: str | None, now: datetime) -> Open:
    here = [TicketFact.is_open, *_at(station_code)]
    by_state: dict[str, int] = {
        row[0]: row[1]
        for row in session.execute(
            sa.select(TicketFact.state, sa.func.count()).where(*here).group_by(TicketFact.state)
        )
    }
    band = _band(now)
    ages: dict[str, int] = {
        row[0]: row[1]
        for row in session.execute(sa.select(band, sa.func.count()).where(*here).group_by(band))
    }
    late = session.scalar(sa.select(sa.func.count()).where(*here, is_late(now))) or 0
    return Open(
        total=sum(by_state.values()),
        late=late,
        by_state={state.value: by_state.get(state, 0) for state in sorted(ACTIVE)},
        by_age={name: ages.get(name, 0) for name, _ in AGES},
    )


def behind(
    session: Session,
    figure: str,
    span: Span | None,
    now: datetime,
    *,
    age: str = "",
    **where: str,
) -> list[TicketFact]:
    """The tickets of a figure, the newest first; `where`: category, grid_code, person, area_code."""
    conditions = [FIGURES[figure][1]]
    if figure in LAPSED:
        lapsed = sa.and_(TicketFact.is_open, LAPSED[figure] < now)
        conditions = [sa.or_(FIGURES[figure][1], lapsed)]
    if age:
        conditions.append(_band(now) == age)
    if figure == "late":
        conditions.append(is_late(now))
    if span is not None:
        conditions += _at(span.station_code)
        if figure not in NOW_ONLY:
            conditions.append(TicketFact.day.between(span.since, span.until))
    conditions += [getattr(TicketFact, name) == value for name, value in where.items() if value]
    query = sa.select(TicketFact).where(*conditions).order_by(TicketFact.ticket_id.desc())
    return list(session.scalars(query.limit(SHOWN)))


def outages_behind(session: Session, figure: str, span: Span, now: datetime) -> list[OutageFact]:
    """The outages that a figure counts beside tickets: those whose promised end did not hold."""
    if figure != "promise_broken":
        return []
    where: list[Any] = [OutageFact.day.between(span.since, span.until)]
    if span.station_code is not None:
        where.append(OutageFact.station_code == span.station_code)
    return outage_promises.broken(session, where, now, SHOWN)


def _band(now: datetime) -> sa.ColumnElement[str]:
    """The age band of a ticket."""
    return sa.case(
        *((TicketFact.opened_at > now - age, name) for name, age in AGES if age is not None),
        else_=AGES[-1][0],
    )


def _at(station_code: str | None) -> list[Any]:
    return [] if station_code is None else [TicketFact.station_code == station_code]
