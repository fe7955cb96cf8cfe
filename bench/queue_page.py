"""The console's queue query at a million tickets against ten thousand, on PostgreSQL."""

import statistics
import time
from datetime import timedelta

import sqlalchemy as sa

from bench.figures import Figure
from bench.queue_queries import QUERIES, Query
from config.ciphers import FieldCipher
from config.clock import Clock
from config.database import Base, Database, blind
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
        sealed = session.get_bind().dialect.field_cipher.encrypt("停电了")  # type: ignore[attr-defined]
        empty = session.get_bind().dialect.field_cipher.encrypt("{}")  # type: ignore[attr-defined]
        tail = blind(session, "1234", "phone_tail")
        session.execute(
            sa.text(
                "INSERT INTO tickets (number,state,category,priority,intent,source_channel,"
                "station_code,grid_code,place_text,building,assignee_userid,assigned_because,"
                "phone_tail_index,text,masked_text,fields,root_cause,is_confidential,is_anonymous,"
                "is_supervised,has_generation,keeps_apart,contact_count,escalation_level,warned_percent,due,"
                "pauses,reported_at,created_at,updated_at,version,next_due_at) "
                "SELECT 'T2026'||lpad(n::text,9,'0'), CASE WHEN n > :last THEN 'assigned' ELSE 'closed' END,"
                "(ARRAY['outage','fault','billing','consult'])[1 + (n / 12) % 4],'P' || (1 + n % 3),'',"
                "'wechat','S1','G' || (n % 12),'小区','','u' || (n % 50),'',"
                "CASE WHEN n % 5000 = 0 THEN :tail ELSE md5(n::text) END,:sealed,'停电了 ' || n,"
                ":empty,'',false,false,false,false,false,1,0,0,'{}','[]',:now - n * interval '1 second',"
                ":now - n * interval '1 second',:now,1,CASE WHEN n > :last THEN :due END "
                "FROM generate_series(0, CAST(:size AS int) - 1) n"
            ),
            {
                "last": size - OPEN,
                "tail": tail,
                "sealed": sealed,
                "empty": empty,
                "now": now,
                "due": now + timedelta(hours=1),
                "size": size,
            },
        )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))


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
