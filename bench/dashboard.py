"""The wall and the reports at a million tickets against ten thousand, on PostgreSQL.

Both spread over the same 90 days, stations and people: what grows is how many tickets there are.
"""

from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.figures import Figure
from bench.queue_page import LARGE, SMALL, filled, p95, times, words
from bench.queue_queries import Query, desk_of
from bot.dashboard import panels, tiles
from bot.dashboard.scope import Links, View
from config.clock import Clock
from config.database import Base, Database
from handlers.figures import live, reports
from handlers.figures.models import MEASURES, AreaCell, DayCell, FigureCell
from handlers.figures.totals import Span
from tests.support import postgres

DAYS = 90
ROUNDS = 60
STATIONS, GRIDS_EACH, AREAS_EACH = 20, 12, 30
CELLS: tuple[type[Base], ...] = (FigureCell, DayCell)
# Measures a finished ticket has; what is left out is nothing.
SHARES = {
    "created": "1",
    "resolved": "(n < :size - :open)::int",
    "contact_due": "1",
    "contact_in_time": "(n % 20 <> 0)::int",
    "arrival_due": "(n % 2)",
    "arrival_in_time": "(n % 4 = 1)::int",
    "arrived": "(n % 2)",
    "arrived_soon": "(n % 4 = 1)::int",
    "arrival_minutes": "(n % 2) * (n % 60)",
    "finish_due": "1",
    "finish_in_time": "(n % 10 <> 0)::int",
    "surveyed": "1",
    "answered": "(n % 3 = 0)::int",
    "scored": "(n % 3 = 0)::int",
    "score_sum": "(n % 3 = 0)::int * (1 + n % 5)",
    "satisfied": "(n % 3 = 0)::int * (n % 5 > 2)::int",
    "points": "400",
}


def run(small_size: int = SMALL, large_size: int = LARGE) -> list[Figure]:
    with (
        postgres.running() as server,
        postgres.fresh_database(server) as one,
        postgres.fresh_database(server) as other,
    ):
        few, many = _counted(one, small_size), _counted(other, large_size)
        found = {name: times(few, many, query, ROUNDS) for name, query in QUERIES.items()}
        few.close()
        many.close()
    return [
        Figure(
            f"{name}, p95 (median) at {large_size:,} against {small_size:,} tickets",
            words(large),
            words(small),
            p95(large) / p95(small),
            "≤ 2",
        )
        for name, (small, large) in found.items()
    ]


def _counted(address: str, size: int) -> Database:
    """Tickets, and their figures as the timer would have added them up."""
    database = filled(address, size)
    with database.scope() as session:
        session.execute(sa.text(PLACES), {"stations": STATIONS, "areas": AREAS_EACH})
        names = ",".join(SHARES)
        rest = [name for name in MEASURES if name not in SHARES]
        session.execute(
            sa.text(
                "INSERT INTO figure_tickets (ticket_id,number,event_id,day,station_code,grid_code,"
                f"category,person,area_code,state,is_open,opened_at,finish_by,{names},"
                f"{','.join(rest)}) SELECT n + 1,'T2026'||lpad(n::text,9,'0'),n + 1,"
                "(CAST(:now AS timestamptz) - (:size - n) * :step)::date,'Z'||(n % :stations),"
                "'Z'||(n % :stations)||'G'||((n / :stations) % :grids),"
                "(ARRAY['outage','fault','billing','consult','power_quality','complaint'])[1 + n % 6],"
                "'Z'||(n % :stations)||'u'||((n / 7) % (2 * :grids)),"
                "'Z'||(n % :stations)||'A'||((n / 11) % :areas),"
                "CASE WHEN n < :size - :open THEN 'closed' ELSE 'assigned' END,n >= :size - :open,"
                "CAST(:now AS timestamptz) - (:size - n) * :step,"
                "CASE WHEN n >= :size - :open THEN CAST(:now AS timestamptz) + (n % 100 - 5) * interval '1 minute' END,"
                f"{','.join(SHARES.values())},{','.join('0' for _ in rest)} "
                "FROM generate_series(0, :size - 1) n"
            ),
            {
                "now": Clock().now(),
                "step": timedelta(days=DAYS) / size,
                "stations": STATIONS,
                "grids": GRIDS_EACH,
                "areas": AREAS_EACH,
                "open": 3000,
                "size": size,
            },
        )
        for table in CELLS:
            _add_up(session, table)
        session.execute(
            sa.text(
                f"INSERT INTO {AreaCell.__tablename__} "
                "SELECT day, area_code, category, count(*) FROM figure_tickets GROUP BY 1, 2, 3"
            )
        )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
    return database


def _add_up(session: Session, table: type[Base]) -> None:
    keys = [column.name for column in sa.inspect(table).primary_key]
    sums = ",".join(f"sum({name})" for name in MEASURES)
    session.execute(
        sa.text(
            f"INSERT INTO {table.__tablename__} ({','.join((*keys, *MEASURES))}) "
            f"SELECT {','.join(keys)},{sums} FROM figure_tickets GROUP BY {','.join(keys)}"
        )
    )


PLACES = """
INSERT INTO stations SELECT 'Z'||s,'站'||s,'','','','08:30-17:30',0,0
FROM generate_series(0, :stations - 1) s;
"""


def _view(session: Session, station_code: str | None) -> View:
    return View(desk_of(session), station_code, Links(station_code))


def _span(session: Session, days: int, station_code: str | None = None) -> Span:
    today = desk_of(session).now.date()
    return Span(today - timedelta(days=days), today - timedelta(days=1), station_code)


QUERIES: Mapping[str, Query] = {
    "wall: all stations, every 3 s": lambda session, _: tiles.quick(_view(session, None)),
    "wall: one station, every 3 s": lambda session, n: tiles.quick(_view(session, f"Z{n % 20}")),
    "wall: all stations, once a minute": lambda session, _: panels.slow(_view(session, None)),
    "wall: one station, once a minute": lambda session, n: panels.slow(
        _view(session, f"Z{n % 20}")
    ),
    "report of a week": lambda session, _: reports.report(desk_of(session), _span(session, 7)),
    "report of a month": lambda session, _: reports.report(desk_of(session), _span(session, 30)),
    "report of a station's month": lambda session, n: reports.report(
        desk_of(session), _span(session, 30, f"Z{n % 20}")
    ),
    "the tickets behind a rate": lambda session, _: live.behind(
        session, "no_contact", _span(session, 7), desk_of(session).now
    ),
}
