"""The console's queue query at a million tickets against ten thousand, on PostgreSQL."""

import statistics
import time
from datetime import timedelta

import sqlalchemy as sa

from bench.figures import Figure
from bench.queue_queries import QUERIES
from config.ciphers import FieldCipher
from config.clock import Clock
from config.database import Base, Database, blind
from handlers.tickets.models import Ticket
from handlers.tickets.rules import ACTIVE
from tests.support import postgres

SMALL, LARGE = 10_000, 1_000_000
ROUNDS = 60
OPEN = 3000


def run() -> list[Figure]:
    with postgres.running() as server, postgres.fresh_database(server) as address:
        database = Database(address, FieldCipher(("benchmark-field-key",)))
        Base.metadata.create_all(database.engine)
        _fill(database, 0, SMALL)
        small = _times(database)
        _fill(database, SMALL, LARGE)
        large = _times(database)
        database.close()
    return [
        Figure(
            f"{name}, p95 at 1,000,000 against 10,000 tickets",
            f"{large[name]:.1f} ms",
            f"{small[name]:.1f} ms",
            large[name] / small[name],
            "≤ 3",
        )
        for name in small
    ]


def _fill(database: Database, start: int, stop: int) -> None:
    """Rows made by the server; the open ones are the newest, as in life."""
    now = Clock().now()
    with database.scope() as session:
        if session.scalar(sa.text("SELECT count(*) FROM stations")) == 0:
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
                "is_supervised,has_generation,contact_count,escalation_level,warned_percent,due,"
                "pauses,reported_at,created_at,updated_at,version,next_due_at) "
                "SELECT 'T2026'||lpad(n::text,9,'0'), CASE WHEN n > :last THEN 'assigned' ELSE 'closed' END,"
                "(ARRAY['outage','fault','billing','consult'])[1 + (n / 12) % 4],'P' || (1 + n % 3),'',"
                "'wechat','S1','G' || (n % 12),'小区','','u' || (n % 50),'',"
                "CASE WHEN n % 5000 = 0 THEN :tail ELSE md5(n::text) END,:sealed,'停电了 ' || n,"
                ":empty,'',false,false,false,false,1,0,0,'{}','[]',:now - n * interval '1 second',"
                ":now - n * interval '1 second',:now,1,CASE WHEN n > :last THEN :due END "
                "FROM generate_series(CAST(:start AS int), CAST(:stop AS int) - 1) n"
            ),
            {
                "last": stop - OPEN,
                "tail": tail,
                "sealed": sealed,
                "empty": empty,
                "now": now,
                "due": now + timedelta(hours=1),
                "start": start,
                "stop": stop,
            },
        )
        session.execute(
            sa.update(Ticket)
            .where(Ticket.state.in_(ACTIVE), Ticket.id <= stop - OPEN)
            .values(state="closed", next_due_at=None)
        )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE tickets"))


def _times(database: Database) -> dict[str, float]:
    """p95 in milliseconds of what the queue page asks."""
    found = {}
    for name, query in QUERIES.items():
        times = []
        for number in range(ROUNDS):
            with database.reading() as session:
                began = time.perf_counter()
                query(session, number)
                times.append((time.perf_counter() - began) * 1000)
        found[name] = statistics.quantiles(times, n=20)[-1]
    return found
