"""A desk over a filled registry and a way to open tickets; a folder may have a desk of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from handlers.desk import Desk
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish, open_ticket
from tests.support.desks import fill_registry, make_database, make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk over 城东站 on a Wednesday at 10:00, on SQLite; all of a test is one transaction."""
    database = make_database(tmp_path)
    with database.scope() as session:
        fill_registry(session)
        yield make_desk(session)
    database.close()


@pytest.fixture
def opened(desk: Desk) -> Callable[..., Ticket]:
    """Open a ticket of a category: `opened("outage", building="3")`; in C001 unless told."""

    def open_one(category: str, text: str = "家里没电了", **facts: Any) -> Ticket:
        wish = Wish(Category(category), text, **({"community_code": "C001"} | facts))
        return open_ticket(desk, wish)[0]

    return open_one
