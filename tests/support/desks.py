"""A database, a small registry and a desk, for tests of the business."""

import tempfile
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path

from sqlalchemy.orm import Session

from config import tables
from config.ciphers import FieldCipher
from config.clock import CHINA
from config.database import Base, Database
from handlers.desk import Desk
from handlers.grid import queries as grid
from handlers.grid.models import (
    Community,
    CommunityAlias,
    CommunityArea,
    CommunityGroup,
    Feeder,
    Grid,
    GridStaff,
    Staff,
    Station,
    TransformerArea,
)
from nlu import places
from nlu.understanding import Place
from notifier.render import Renderer

# Every table must be known to Base before it creates them.
for module in (
    "bot.access",
    "bot.conversation",
    "handlers.applications",
    "handlers.billing",
    "handlers.customers",
    "handlers.figures",
    "handlers.guide",
    "handlers.outages",
    "handlers.subscriptions",
    "handlers.surveys",
    "handlers.tickets",
    "notifier",
):
    import_module(f"{module}.models")

CIPHER = FieldCipher(("test-key-000000000",))
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=CHINA)  # a Wednesday, a working day
TABLES = tables.load()
WORDS = Renderer()

# userid, name, role, station, trained, starts, ends
PEOPLE = (
    ("zhou", "周志强", "customer_manager", "CD", True, "08:00", "18:00"),
    ("liu", "刘小燕", "customer_manager", "CD", True, "08:00", "18:00"),
    ("wan", "万雪梅", "marketing_manager", "CD", False, "08:00", "18:00"),
    ("xu", "徐建国", "equipment_manager", "CD", True, "08:00", "18:00"),
    ("he", "何亮", "repair_crew", "CD", True, "", ""),
    ("peng", "彭勇", "repair_crew", "CD", True, "", ""),
    ("deng", "邓班长", "team_leader", "CD", True, "08:00", "18:00"),
    ("hu", "胡站长", "station_head", "CD", True, "08:00", "18:00"),
    ("command", "供指值班", "command_center", None, False, "", ""),
    ("admin", "管理员", "admin", None, False, "", ""),
)
# grid, userid, duty, responsible
DUTIES = (
    ("CD01", "zhou", "A", True),
    ("CD01", "liu", "B", False),
    ("CD01", "wan", "A", False),
    ("CD01", "xu", "A", False),
)


def make_database(folder: Path, *, url: str = "") -> Database:
    """A database with every table and no row: SQLite in the folder, or the one named."""
    if not url:
        file = folder / "gridbot.db"
        if not file.exists():
            file.write_bytes(_empty_file())
        return Database(f"sqlite:///{file}", CIPHER)
    database = Database(url, CIPHER)
    Base.metadata.create_all(database.engine)
    return database


@cache
def _empty_file() -> bytes:
    """A SQLite file with every table: a copy costs a twentieth of making them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        database = Database(f"sqlite:///{file}", CIPHER)
        Base.metadata.create_all(database.engine)
        database.close()
        return file.read_bytes()


def make_desk(session: Session, *, now: datetime = NOW) -> Desk:
    """A desk with the built-in tables, and the places that are in the registry by now."""
    known = [
        Place(row.community_code, row.name, tuple(aliases), row.kind, frozenset(buildings))
        for row, aliases, buildings in grid.all_places(session)
    ]
    return Desk(
        session=session,
        now=now,
        tables=TABLES,
        places=places.build(known),
        words=WORDS,
        public_url="https://grid.example",
    )


def fill_registry(session: Session) -> None:
    """城东站: grid CD01 with the estate 棉纺一厂宿舍 (C001) and the village 莲溪村 (C002)."""
    session.add(_station())
    session.add(Feeder(feeder_code="F01", name="10kV 棉纺线", substation="110kV塔岭变"))
    session.flush()
    session.add(Grid(grid_code="CD01", station_code="CD", name="棉纺网格", household_limit=10000))
    session.flush()
    session.add_all(_area(code, name) for code, name in AREAS)
    session.add_all(_communities())
    session.add_all(_person(row) for row in PEOPLE)
    session.flush()
    session.add(CommunityAlias(alias="一棉宿舍", community_code="C001", is_learned=False))
    session.add_all(_feeds())
    session.add_all(
        GridStaff(grid_code=grid_code, userid=userid, duty=duty, is_responsible=responsible)
        for grid_code, userid, duty, responsible in DUTIES
    )
    session.add(_group())
    session.flush()


AREAS = (
    ("TQ0001", "棉纺一厂宿舍#1公变"),
    ("TQ0002", "棉纺一厂宿舍#2公变"),
    ("TQ0003", "莲溪村公变"),
)


def _station() -> Station:
    return Station(
        station_code="CD",
        name="城东供电服务站",
        address="浔江市建设东路118号",
        phone="19900004254",
        duty_phone="19900003871",
        hall_hours="08:30-17:30",
    )


def _area(code: str, name: str) -> TransformerArea:
    return TransformerArea(
        area_code=code,
        name=name,
        feeder_code="F01",
        grid_code="CD01",
        kind="public",
        capacity_kva=400,
        households=200,
    )


def _communities() -> list[Community]:
    return [
        Community(
            community_code="C001", name="棉纺一厂宿舍", kind="estate", address="浔江市棉纺路12号"
        ),
        Community(community_code="C002", name="莲溪村", kind="village", address="浔江市莲溪乡"),
    ]


def _person(row: tuple[str, str, str, str | None, bool, str, str]) -> Staff:
    userid, name, role, station_code, trained, starts, ends = row
    return Staff(
        userid=userid,
        name=name,
        phone=f"1990000{1000 + [person[0] for person in PEOPLE].index(userid)}",
        role=role,
        station_code=station_code,
        safety_trained=trained,
        starts=starts,
        ends=ends,
        is_active=True,
    )


def _feeds() -> list[CommunityArea]:
    return [
        CommunityArea(
            community_code="C001",
            area_code="TQ0001",
            buildings=["1", "2", "3"],
            buildings_text="1-3",
        ),
        CommunityArea(
            community_code="C001", area_code="TQ0002", buildings=["4", "5"], buildings_text="4-5"
        ),
        CommunityArea(community_code="C002", area_code="TQ0003", buildings=[], buildings_text=""),
    ]


def _group() -> CommunityGroup:
    return CommunityGroup(
        group_code="Q001",
        name="棉纺一厂宿舍用电服务群",
        channel="wecom_customer_group",
        target="wrSample0001",
        owner_userid="zhou",
        community_codes=["C001"],
        buildings=[],
        buildings_text="",
        quiet_from="22:00",
        quiet_until="07:00",
    )
