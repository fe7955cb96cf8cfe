"""Two households with a year of bills, and the bills of the made-up city's fifty."""

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy.orm import Session

from config.database import blind
from handlers.billing.models import Bill
from handlers.billing.port import Kind, MonthBill
from handlers.customers.models import Customer

FIXTURES = Path(__file__).parents[2] / "fixtures" / "billing"
ZHANG, LI = "3699246192", "3699000215216"

# period, kWh, peak, valley, yuan, tier, due, paid
ZHANG_BILLS = (
    ("2026-01", "254", "112", "142", "138.72", 1, "2026-02-25", "2026-02-08"),
    ("2026-02", "203", "92", "111", "111.24", 1, "2026-03-25", "2026-03-09"),
    ("2026-03", "185", "94", "91", "102.90", 1, "2026-04-25", "2026-04-06"),
    ("2026-04", "135", "67", "68", "74.85", 1, "2026-05-25", "2026-05-09"),
    ("2026-05", "171", "75", "96", "93.33", 1, "2026-06-25", "2026-06-07"),
    ("2026-06", "216", "119", "97", "121.53", 1, "2026-07-25", "2026-07-10"),
    ("2026-07", "349", "193", "156", "196.47", 1, "2026-08-25", "2026-08-08"),
    ("2026-08", "358", "160", "198", "195.84", 1, "2026-09-25", "2026-09-11"),
    ("2026-09", "260", "147", "113", "146.85", 1, "2026-10-25", "2026-10-07"),
    ("2026-10", "182", "94", "88", "109.11", 2, "2026-11-25", "2026-11-12"),
)
LI_BILLS = (
    ("2026-09", "300", None, None, "180.00", 1, "2026-10-25", None),
    ("2026-10", "100", None, None, "60.00", 1, "2026-11-25", None),
)


def add_households(session: Session) -> None:
    zhang = _customer(session, ZHANG, "张建国", "19900007716", "C001", "3", "2单元501", "TQ0001")
    zhang.tariff, zhang.balance = "tiered_tou", "249.28"
    li = _customer(session, LI, "李梅", "19900001234", "C002", "5", "12号", "TQ0003")
    li.tariff, li.balance, li.arrears_cut, li.smart_remote = "tiered", "-240.00", True, True
    session.add_all([zhang, li])
    session.flush()
    session.add_all(_bill(zhang.id, row) for row in ZHANG_BILLS)
    session.add_all(_bill(li.id, row) for row in LI_BILLS)
    session.flush()


def city() -> dict[str, tuple[Kind, list[MonthBill]]]:
    """Fifty households of the made-up city: their tariff and twelve months each."""
    found: dict[str, tuple[Kind, list[MonthBill]]] = {}
    rows = defaultdict(list)
    with (FIXTURES / "bills.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows[row["household"], row["tariff"]].append(_month(row))
    for (household, tariff), bills in rows.items():
        found[household] = (Kind(tariff), bills)
    return found


def month(period: str, kwh: str, amount: str = "0", **more: object) -> MonthBill:
    """A month of nothing but what matters to a test."""
    facts = {
        "peak_kwh": None,
        "valley_kwh": None,
        "tier": 1,
        "due_on": date(2026, 11, 25),
        "paid_on": None,
    }
    return MonthBill(period=period, kwh=Decimal(kwh), amount=Decimal(amount), **(facts | more))  # type: ignore[arg-type]


def _month(row: dict[str, str]) -> MonthBill:
    def energy(name: str) -> Decimal | None:
        return Decimal(row[name]) if row[name] else None

    return MonthBill(
        period=row["period"],
        kwh=Decimal(row["kwh"]),
        peak_kwh=energy("peak_kwh"),
        valley_kwh=energy("valley_kwh"),
        amount=Decimal(row["amount"]),
        tier=int(row["tier_reached"]),
        due_on=date.fromisoformat(row["due_on"]),
        paid_on=date.fromisoformat(row["paid_on"]) if row["paid_on"] else None,
    )


def _customer(session: Session, account: str, *facts: str) -> Customer:
    name, phone, community, building, room, area = facts
    return Customer(
        account_index=blind(session, account, "account"),
        account_number=account,
        account_tail=account[-4:],
        name=name,
        name_index=blind(session, name, "name"),
        phone=phone,
        community_code=community,
        building=building,
        room=room,
        area_code=area,
    )


def _bill(customer_id: int, row: tuple[object, ...]) -> Bill:
    names = (
        "period",
        "kwh",
        "peak_kwh",
        "valley_kwh",
        "amount",
        "tier_reached",
        "due_on",
        "paid_on",
    )
    return Bill(customer_id=customer_id, **dict(zip(names, row, strict=True)))
