"""What the database holds already, in the shape of the files."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.database import Base, blind
from handlers.customers.models import Customer
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
from handlers.registry.shapes import SHAPES, Row

# In the order in which they refer to one another.
MODELS: dict[str, type[Base]] = {
    "stations": Station,
    "grids": Grid,
    "feeders": Feeder,
    "transformer_areas": TransformerArea,
    "communities": Community,
    "community_areas": CommunityArea,
    "staff": Staff,
    "grid_staff": GridStaff,
    "groups": CommunityGroup,
}
# Columns that the tables call otherwise.
STORED_AS = {"responsible": "is_responsible"}
CHUNK = 500

Stored = dict[tuple[Any, ...], dict[str, Any]]


def stored_columns(file: str) -> dict[str, str]:
    """The columns of a file that its table has, by their name in the file."""
    names = [column.name for column in SHAPES[file].columns if column.name != "aliases"]
    if "buildings" in names:
        names.append("buildings_text")
    return {name: STORED_AS.get(name, name) for name in names}


def load(session: Session) -> dict[str, Stored]:
    """Every row of the tables that say who serves what, by file and key."""
    found: dict[str, Stored] = {}
    for file, model in MODELS.items():
        columns = stored_columns(file)
        query = sa.select(*(getattr(model, name) for name in columns.values()))
        keys = SHAPES[file].key_columns
        found[file] = {}
        for record in session.execute(query):
            values = dict(zip(columns, record, strict=True))
            found[file][tuple(values[name] for name in keys)] = values
    _add_aliases(session, found["communities"])
    return found


def _add_aliases(session: Session, communities: Stored) -> None:
    for values in communities.values():
        values |= {"aliases": [], "learned": []}
    query = sa.select(CommunityAlias).order_by(CommunityAlias.alias)
    for row in session.scalars(query):
        kind = "learned" if row.is_learned else "aliases"
        communities[(row.community_code,)][kind].append(row.alias)


def absent_rows(file: str, stored: Stored, rows: Iterable[Row]) -> list[Row]:
    """Rows that only the database has; an import keeps them."""
    told = {row.key(SHAPES[file]) for row in rows}
    return [Row(None, values) for key, values in stored.items() if key not in told]


def customer_ids(session: Session, accounts: Iterable[str]) -> dict[str, int]:
    """The ids of the account numbers that the database knows."""
    indexes = {blind(session, account, "account"): account for account in accounts}
    listed = list(indexes)
    found: dict[str, int] = {}
    for start in range(0, len(listed), CHUNK):
        query = sa.select(Customer.account_index, Customer.id).where(
            Customer.account_index.in_(listed[start : start + CHUNK])
        )
        found |= {indexes[index]: number for index, number in session.execute(query)}
    return found
