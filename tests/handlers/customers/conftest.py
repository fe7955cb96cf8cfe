from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from config.database import Database, blind
from handlers.customers.models import Customer
from handlers.desk import Desk
from tests.support.desks import fill_registry, make_database, make_desk
from tests.support.talk import Talk, arrival, seen

# account, name, phone, community, building, room, area, meter
HOMES = (
    ("3699246192", "张建国", "19900007716", "C001", "3", "2单元501", "TQ0001", "0089445239"),
    ("3699000215216", "李 梅", None, "C002", "5", "12号", "TQ0003", None),
    ("3699111111", "浔江市（第三）中学", "0792-8123456", "C001", "1", None, "TQ0001", None),
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = make_database(tmp_path)
    yield made
    made.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.scope() as opened:
        fill_registry(opened)
        opened.add_all(customer(opened, home) for home in HOMES)
        opened.flush()
        yield opened


@pytest.fixture
def desk(session: Session) -> Desk:
    made = make_desk(session)
    seen(made, arrival("o1", "你好"))
    return made


@pytest.fixture
def talk(desk: Desk) -> Talk:
    return Talk(desk, "bind_account")


def customer(session: Session, home: tuple[str | None, ...]) -> Customer:
    account, name, phone, community, building, room, area, meter = home
    return Customer(
        account_index=blind(session, account or "", "account"),
        account_number=account,
        account_tail=(account or "")[-4:],
        name=name,
        name_index=blind(session, name or "", "name"),
        phone=phone,
        community_code=community,
        building=building,
        room=room,
        area_code=area,
        meter_number=meter,
        meter_index=blind(session, meter, "meter") if meter else None,
        tariff="tiered",
    )
