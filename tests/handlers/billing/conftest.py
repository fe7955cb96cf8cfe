from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from config.database import Database
from handlers.customers import service
from handlers.customers.models import Customer
from handlers.desk import Desk
from tests.handlers.billing.households import LI, ZHANG, add_households
from tests.support.desks import fill_registry, make_database, make_desk
from tests.support.talk import Talk, arrival, seen


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = make_database(tmp_path)
    yield made
    made.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.scope() as opened:
        fill_registry(opened)
        add_households(opened)
        yield opened


@pytest.fixture
def desk(session: Session) -> Desk:
    made = make_desk(session)
    seen(made, arrival("o1", "你好"))
    return made


@pytest.fixture
def talk(desk: Desk) -> Talk:
    """A stranger's talk: nothing is bound."""
    return Talk(desk)


@pytest.fixture
def zhang(desk: Desk) -> Customer:
    """张建国 of 棉纺一厂宿舍, tiered with peak and valley, bound to `o1`, all paid."""
    return _bound(desk, ZHANG)


@pytest.fixture
def li(desk: Desk) -> Customer:
    """李梅 of 莲溪村, tiered, bound to `o1`, cut for arrears."""
    return _bound(desk, LI)


def _bound(desk: Desk, account: str) -> Customer:
    customer = service.find_by_account(desk, account)
    assert customer is not None
    service.bind(desk, "o1", customer)
    return customer
