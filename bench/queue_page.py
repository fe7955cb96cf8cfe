"""The console's queue query at a million tickets against ten thousand, on PostgreSQL."""

import statistics
import time

import sqlalchemy as sa

from bench.figures import Figure
from bench.queue_queries import QUERIES, Query
from config.ciphers import FieldCipher
from config.clock import Clock
from config.database import Base, Database, blind
from handlers.tickets.models import Ticket
from tests.support import postgres

SMALL, LARGE = 10_000, 1_000_000
ROUNDS = 200
WARMING = 10
OPEN = 3000


def run(small_size: int = SMALL, large_size: int = LARGE) -> list[Figure]:
    with (
        postgres.running() as server,
        postgres.fresh_database(server) as one,
        postgres.fresh_database(server) as other,
    ):
        few, many = filled(one, small_size), filled(other, large_size)
        measured = {name: times(few, many, query) for name, query in QUERIES.items()}
        few.close()
        many.close()
    return [
        Figure(
            f"{name}, p95 (median) at {large_size:,} against {small_size:,} tickets",
            words(large),
            words(small),
            p95(large) / p95(small),
            "≤ 3",
        )
        for name, (small, large) in measured.items()
    ]


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def words(times: list[float]) -> str:
    return f"{p95(times):.1f} ({statistics.median(times):.1f}) ms"


def filled(address: str, size: int) -> Database:
    database = Database(address, FieldCipher(("benchmark-field-key",)))
    Base.metadata.create_all(database.engine)
    _fill(database, size)
    return database


def _fill(database: Database, size: int) -> None:
    """Rows made by the server; the open ones are the newest, as in life."""
    now = Clock().now()
    with database.scope() as session:
        session.execute(
            sa.text(
                "INSERT INTO stations VALUES ('S1','站','','','','08:30-17:30',0,0);"
                "INSERT INTO grids SELECT 'G'||g,'S1','网格',10000 FROM generate_series(0,11) g;"
                "INSERT INTO staff (userid,name,phone,role,station_code,safety_trained,starts,"
                "ends,is_active) SELECT 'u'||g,'员工','','customer_manager','S1',true,'','',true "
                "FROM generate_series(0,49) g"
            )
        )
        model = Ticket(
            number="T0",
            category="outage",
            priority="P2",
            place_text="小区",
            station_code="S1",
            text="停电了",
            masked_text="",
            fields={},
            reported_at=now,
            created_at=now,
            updated_at=now,
        )
        session.add(model)
        session.flush()
        tail = blind(session, "1234", "phone_tail")
        session.execute(_copies(model.id, size), {"now": now, "tail": tail})
        session.delete(model)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))


def _copies(model: int, size: int) -> sa.TextClause:
    """Insert `size` tickets like the model, each with what differs from one to the next."""
    is_open = f"n > {size - OPEN}"
    differs = {
        "number": "'T2026' || lpad(n::text, 9, '0')",
        "state": f"CASE WHEN {is_open} THEN 'assigned' ELSE 'closed' END",
        "category": "(ARRAY['outage','fault','billing','consult'])[1 + (n / 12) % 4]",
        "priority": "'P' || (1 + n % 3)",
        "grid_code": "'G' || (n % 12)",
        "assignee_userid": "'u' || (n % 50)",
        "phone_tail_index": "CASE WHEN n % 5000 = 0 THEN :tail ELSE md5(n::text) END",
        "masked_text": "'停电了 ' || n",
        "reported_at": ":now - n * interval '1 second'",
        "created_at": ":now - n * interval '1 second'",
        "next_due_at": f"CASE WHEN {is_open} THEN :now + interval '1 hour' END",
    }
    columns = [column.name for column in Ticket.__table__.columns if column.name != "id"]
    values = ", ".join(differs.get(name, f"model.{name}") for name in columns)
    return sa.text(
        f"INSERT INTO tickets ({', '.join(columns)}) SELECT {values} "
        f"FROM generate_series(0, {size - 1}) n, tickets model WHERE model.id = {model}"
    )


def times(
    few: Database, many: Database, query: Query, rounds: int = ROUNDS
) -> tuple[list[float], list[float]]:
    """Milliseconds of both, asked by turns, so that whatever else runs slows them alike."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(WARMING + rounds):
        for database, kept in zip((few, many), taken, strict=True):
            with database.reading() as session:
                began = time.perf_counter()
                query(session, number)
                kept.append((time.perf_counter() - began) * 1000)
    return taken[0][WARMING:], taken[1][WARMING:]
