"""What to see to before anyone complains: households and areas that report again and again."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.desk import Desk
from handlers.errors import NotFoundError
from handlers.figures import hot
from handlers.figures.hot import Area
from handlers.figures.models import TicketFact
from handlers.figures.totals import Span
from handlers.grid.models import Community, Grid, Station, TransformerArea
from handlers.grid.places import unit_of
from handlers.guide.models import UnansweredQuestion
from handlers.outages import rules as outage_rules
from handlers.outages.models import Kind, Outage, OutageArea
from handlers.tickets.models import Category, Ticket
from handlers.tickets.rules import CATEGORY_WORDS

REPAIRS = (*hot.FAULTS, Category.POWER_QUALITY, Category.METER, Category.RECONNECTION)
READ = 2000  # repetitions looked at, the newest
LISTED = 50
NO_AREA = "没有这个台区。"


@dataclass(slots=True)
class Household:
    """One household's repetitions of one matter within the days; the newest ticket first."""

    place: str
    category: str
    times: int = 1  # the first report is no repetition
    numbers: list[str] = field(default_factory=list)
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for work on one area, with the cases that prove it (大修技改建议)."""

    area: Area
    station: str
    grid: str
    span: Span
    outages: list[Outage]
    requests: list[tuple[str, int]]
    households: list[Household]
    voltage: list[Ticket]


def repeated_households(
    session: Session, span: Span, *, area_code: str | None = None, limit: int = LISTED
) -> list[Household]:
    """Households that came back with the same matter within 30 days, the most often first."""
    query = (
        sa.select(Ticket)
        .join(TicketFact, TicketFact.ticket_id == Ticket.id)
        .where(
            TicketFact.repeated == 1,
            TicketFact.day.between(span.since, span.until),
            TicketFact.category.in_(REPAIRS),
        )
        .order_by(Ticket.id.desc())
        .limit(READ)
    )
    if span.station_code is not None:
        query = query.where(TicketFact.station_code == span.station_code)
    if area_code is not None:
        query = query.where(TicketFact.area_code == area_code)
    found: dict[tuple[str, str], Household] = {}
    for ticket in session.scalars(query):
        key = (ticket.account_index or ticket.openid or "", ticket.category)
        home = found.setdefault(
            key,
            Household(_place(session, ticket), CATEGORY_WORDS[Category(ticket.category)]),
        )
        home.times += 1
        home.numbers.append(ticket.number)
        home.last_at = home.last_at or ticket.created_at
    return sorted(found.values(), key=lambda one: (-one.times, one.place))[:limit]


def low_voltage(session: Session, span: Span) -> list[tuple[TransformerArea, int]]:
    """低电压: areas by how many told of voltage in a span, of one station or of all."""
    query = sa.select(TransformerArea).where(
        TransformerArea.area_code.in_(_areas_here(span.station_code))
    )
    areas = {area.area_code: area for area in session.scalars(query)}
    counts = hot.low_voltage_areas(session, span, limit=len(areas) or 1)
    return [(areas[code], count) for code, count in counts if code in areas][:LISTED]


def unanswered(session: Session, limit: int = LISTED) -> list[UnansweredQuestion]:
    """Questions that nobody has written an answer for, the most asked first."""
    query = (
        sa.select(UnansweredQuestion)
        .where(UnansweredQuestion.resolved_by == "")
        .order_by(UnansweredQuestion.count.desc(), UnansweredQuestion.id.desc())
    )
    return list(session.scalars(query.limit(limit)))


def evidence(desk: Desk, area_code: str, span: Span) -> Evidence:
    """All that speaks for work on an area; raises NotFoundError, for another station's too."""
    session = desk.session
    area = session.get(TransformerArea, area_code)
    grid = session.get(Grid, area.grid_code) if area is not None else None
    if area is None or grid is None or span.station_code not in {None, grid.station_code}:
        raise NotFoundError(NO_AREA)
    requests = {
        category: count
        for (code, category), count in hot.area_requests(session, span).items()
        if code == area_code and count
    }
    outages = _outages(desk, area_code)
    return Evidence(
        Area(
            area.area_code,
            area.name,
            grid.station_code,
            area.households,
            len(outages),
            sum(requests.get(kind, 0) for kind in hot.FAULTS),
            requests.get(Category.POWER_QUALITY, 0),
        ),
        session.get_one(Station, grid.station_code).name,
        grid.name,
        span,
        outages,
        [(CATEGORY_WORDS[Category(kind)], count) for kind, count in sorted(requests.items())],
        repeated_households(session, span, area_code=area_code),
        _voltage(session, area_code, span),
    )


def _outages(desk: Desk, area_code: str) -> list[Outage]:
    """The outages that count as repeated: of the days until now, restrictions left out."""
    days = timedelta(days=desk.tables.outages.repeat_days)
    query = (
        sa.select(Outage)
        .join(OutageArea, OutageArea.outage_id == Outage.id)
        .where(
            OutageArea.area_code == area_code,
            Outage.state.in_(outage_rules.COUNTED),
            Outage.kind != Kind.RESTRICTION,
            Outage.starts_at.between(desk.now - days, desk.now),
        )
        .order_by(Outage.starts_at.desc())
    )
    return list(desk.session.scalars(query))


def _voltage(session: Session, area_code: str, span: Span) -> list[Ticket]:
    query = (
        sa.select(Ticket)
        .join(TicketFact, TicketFact.ticket_id == Ticket.id)
        .where(
            TicketFact.area_code == area_code,
            TicketFact.category == Category.POWER_QUALITY,
            TicketFact.day.between(span.since, span.until),
        )
        .order_by(Ticket.id.desc())
        .limit(LISTED)
    )
    return list(session.scalars(query))


def _areas_here(station_code: str | None) -> sa.Select[str]:
    query = sa.select(TransformerArea.area_code).join(
        Grid, Grid.grid_code == TransformerArea.grid_code
    )
    return query if station_code is None else query.where(Grid.station_code == station_code)


def _place(session: Session, ticket: Ticket) -> str:
    """Without the room: the list hangs on a screen."""
    code = ticket.community_code
    community = session.get(Community, code) if code else None
    unit = unit_of(community.kind) if community is not None else "栋"
    return f"{ticket.place_text}{ticket.building and ticket.building + unit}" or "地点不明"
