from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.database import Database, blind
from handlers.customers import dialogue, service
from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.dialogue.turn import Door, Inbound, InboundKind, Reply, Turn
from tests.support.desks import NOW, fill_registry, make_database, make_desk

# account, name, phone, community, building, room, area, meter
HOMES = (
    ("3699246192", "张建国", "19900007716", "C001", "3", "2单元501", "TQ0001", "0089445239"),
    ("3699000215216", "李 梅", None, "C002", "5", "12号", "TQ0003", None),
    ("3699111111", "浔江市（第三）中学", "0792-8123456", "C001", "1", None, "TQ0001", None),
)


@dataclass(frozen=True)
class Named:
    entity: str
    value: str


@dataclass(frozen=True)
class Meaning:
    text: str
    entities: tuple[Named, ...] = ()
    intent: str = "bind_account"
    confidence: float = 1.0


def inbound(text: str = "", *, openid: str = "o1", event: str = "", at: datetime = NOW, **more: Any) -> Inbound:  # fmt: skip
    kind = InboundKind.EVENT if event else InboundKind.TEXT
    return Inbound(
        Door.OFFICIAL_ACCOUNT, openid, f"{openid}{text}", kind, at, text, event=event, **more
    )


@dataclass
class Talk:
    """A resident at the desk; `says` runs the route of `bind_account` as the engine does."""

    desk: Desk
    openid: str = "o1"
    memory: dict[str, Any] = field(default_factory=dict)

    def says(self, text: str, route: Any = dialogue.bind_account, **entities: str) -> Reply:
        named = tuple(Named(entity, value) for entity, value in entities.items())
        is_fresh = "form" not in self.memory
        came = inbound(text, openid=self.openid)
        turn = Turn(came, Meaning(text, named), self.desk.now, self.memory, is_fresh)
        return route(turn, self.desk)


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
    service.seen(made, inbound("你好"))
    return made


@pytest.fixture
def talk(desk: Desk) -> Talk:
    return Talk(desk)


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
