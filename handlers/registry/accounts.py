"""Write customers and their bills: sealed columns, blind indexes, one row per month."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.database import blind
from handlers.billing.models import Bill
from handlers.customers.models import Customer
from handlers.masking import mask_number
from handlers.registry.existing import CHUNK, customer_ids
from handlers.registry.shapes import Row
from handlers.registry.writing import Plan, Record

TAIL = 4
DUE_DAY = 25
DECEMBER = 12


def plan_customers(session: Session, rows: Iterable[Row]) -> Plan:
    """Compare each account with what is stored under its blind index."""
    records = {record["account_index"]: record for record in _customers(session, rows)}
    result = Plan()
    for before, record in _with_stored(session, records):
        label = mask_number(record["account_number"]) or ""
        result.take(record, before, label)
        if before is not None:
            record["id"] = before["id"]
    return result


def _customers(session: Session, rows: Iterable[Row]) -> Iterator[Record]:
    for row in rows:
        values = dict(row.values)
        account, phone, meter = (
            values["account_number"],
            values["phone"],
            values["meter_number"],
        )
        yield values | {
            "account_index": blind(session, account, "account"),
            "account_tail": account[-TAIL:],
            "name_index": blind(session, values["name"], "name"),
            "phone_index": blind(session, phone, "phone") if phone else None,
            "meter_index": blind(session, meter, "meter") if meter else None,
        }


def _with_stored(
    session: Session, records: dict[str, Record]
) -> Iterator[tuple[dict[str, Any] | None, Record]]:
    indexes = list(records)
    table = Customer.__table__
    for start in range(0, len(indexes), CHUNK):
        chunk = indexes[start : start + CHUNK]
        query = sa.select(table).where(Customer.account_index.in_(chunk))
        stored = {row.account_index: dict(row._mapping) for row in session.execute(query)}  # noqa: SLF001
        yield from ((stored.get(index), records[index]) for index in chunk)


def plan_bills(session: Session, rows: list[Row]) -> tuple[Plan, list[str]]:
    """The plan, and the account number of each added record: its customer may be new as well."""
    ids = customer_ids(session, {row.values["account_number"] for row in rows})
    stored = _stored_bills(session, {row.values["period"] for row in rows})
    result, accounts = Plan(), []
    for row in rows:
        account = row.values["account_number"]
        record = {name: value for name, value in row.values.items() if name != "account_number"}
        record["due_on"] = record["due_on"] or _due(record["period"])
        number = ids.get(account)
        before = None
        if number is not None:
            record["customer_id"] = number
            before = stored.get((number, record["period"]))
        result.take(record, before, f"{mask_number(account)} {record['period']}")
        if before is None:
            accounts.append(account)
    return result, accounts


def _stored_bills(session: Session, periods: set[str]) -> dict[tuple[int, str], dict[str, Any]]:
    query = sa.select(Bill.__table__).where(Bill.period.in_(periods))
    return {
        (row.customer_id, row.period): dict(row._mapping)  # noqa: SLF001
        for row in session.execute(query)
    }


def _due(period: str) -> str:
    """Bills fall due on the 25th of the next month (REGISTRY.md, conventions)."""
    year, month = int(period[:4]), int(period[5:])
    return date(year + month // DECEMBER, month % DECEMBER + 1, DUE_DAY).isoformat()


def complete_bills(session: Session, planned: Plan, accounts: list[str]) -> None:
    """Once the customers are written, give each added bill its customer."""
    ids = customer_ids(session, set(accounts))
    for record, account in zip(planned.added, accounts, strict=True):
        record["customer_id"] = ids[account]
