"""城东站, one of whose estates has its own transformer, and a resident who applies."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from config.database import Database
from handlers.customers.models import Resident
from handlers.desk import Desk
from handlers.grid.models import TransformerArea
from handlers.tickets.models import Media, Ticket
from notifier.models import OutboxMessage
from tests.support.desks import fill_registry, make_database, make_desk
from tests.support.talk import Talk


def _fill(desk: Desk) -> None:
    fill_registry(desk.session)
    desk.session.add(
        Resident(openid="o1", first_seen_at=desk.now, last_seen_at=desk.now, community_code=None)
    )
    desk.session.flush()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk over 城东站 on a Wednesday at 10:00, on SQLite."""
    database = make_database(tmp_path)
    with database.scope() as session:
        desk = make_desk(session)
        _fill(desk)
        yield make_desk(session)
    database.close()


@pytest.fixture
def any_desk(database: Database) -> Iterator[Desk]:
    """The same desk, on SQLite and on PostgreSQL."""
    with database.scope() as session:
        desk = make_desk(session)
        _fill(desk)
        yield make_desk(session)


@pytest.fixture
def talk(desk: Desk) -> Talk:
    return Talk(desk, "apply_charging_pile")


@pytest.fixture
def dedicated(desk: Desk) -> None:
    """棉纺一厂宿舍 is fed by its owner's transformers."""
    query = sa.select(TransformerArea).where(TransformerArea.area_code.in_(["TQ0001", "TQ0002"]))
    for area in desk.session.scalars(query):
        area.kind = "dedicated"


@pytest.fixture
def applied(desk: Desk, talk: Talk) -> Callable[..., Ticket]:
    """Hand in an application: `applied("close_account", "都没有")`."""

    def apply(intent: str = "apply_charging_pile", *answers: str) -> Ticket:
        talk.wants(intent).says("我要办", community="棉纺一厂宿舍", address="3栋2单元501")
        for answer in (*answers, "确认"):
            talk.says(answer)
        return talk.tickets()[-1]

    return apply


def outgoing(desk: Desk, kind: str) -> list[dict[str, Any]]:
    """The messages of a kind, oldest first."""
    query = sa.select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
    return [message.payload for message in desk.session.scalars(query)]


def outbox(desk: Desk, kind: str) -> list[str]:
    """Their words."""
    return [payload["text"] for payload in outgoing(desk, kind)]


def picture(desk: Desk, openid: str = "o1") -> Media:
    """A picture that just came, of nothing yet."""
    media = Media(
        openid=openid,
        kind="image",
        platform="official_account",
        media_id="m",
        received_at=desk.now,
    )
    desk.session.add(media)
    desk.session.flush()
    return media
