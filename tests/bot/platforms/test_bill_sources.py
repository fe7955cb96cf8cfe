"""The contract of the port to bills, kept by both adapters, and a system that misbehaves."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from bot.platforms.marketing import MarketingSystem
from handlers.billing.port import BillSource, BillsUnavailableError, Kind, MonthBill
from handlers.billing.tables import ImportedBills
from handlers.errors import NotFoundError
from tests.handlers.billing.households import LI, ZHANG, ZHANG_BILLS, add_households
from tests.support import loopback
from tests.support.desks import fill_registry, make_database, make_desk
from tests.support.loopback import HALF, HTML, NOTHING, Loopback

PATH = f"/accounts/{ZHANG}/statement"
UNKNOWN = "3600000000"
KEYS = (
    "period",
    "kwh",
    "peak_kwh",
    "valley_kwh",
    "amount",
    "tier_reached",
    "due_on",
    "paid_on",
)


def wire(**changes: Any) -> dict[str, Any]:
    """A statement as the contract writes it."""
    whole = {
        "account_number": ZHANG,
        "tariff": "tiered_tou",
        "balance": "249.28",
        "arrears_cut": False,
        "bills": [dict(zip(KEYS, row, strict=True)) for row in reversed(ZHANG_BILLS)],
        "unknown_key": "is ignored",
    }
    return whole | changes


@pytest.fixture
def system() -> Iterator[Loopback]:
    with loopback.running() as made:
        made.answers[PATH] = [wire()]
        made.answers[f"/accounts/{UNKNOWN}/statement"] = [(404, {"detail": "unknown"})]
        yield made


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def remote(system: Loopback, http: httpx.Client) -> MarketingSystem:
    return MarketingSystem(http, system.base, "secret", 0.5)


@pytest.fixture
def imported(tmp_path: Path) -> Iterator[ImportedBills]:
    database = make_database(tmp_path)
    with database.scope() as session:
        yield ImportedBills(_filled(session))
    database.close()


def _filled(session: Session):
    fill_registry(session)
    add_households(session)
    return make_desk(session)


@pytest.fixture(params=["remote", "imported"])
def source(request: pytest.FixtureRequest) -> BillSource:
    return request.getfixturevalue(request.param)


def test_a_statement_is_the_same_from_every_source(source):
    statement = source.statement(ZHANG)
    assert statement.kind == Kind.TIERED_TOU
    assert statement.balance == Decimal("249.28")
    assert statement.is_cut is False
    assert [bill.period for bill in statement.bills] == [row[0] for row in ZHANG_BILLS]
    assert statement.latest == MonthBill(
        period="2026-10",
        kwh=Decimal(182),
        peak_kwh=Decimal(94),
        valley_kwh=Decimal(88),
        amount=Decimal("109.11"),
        tier=2,
        due_on=date(2026, 11, 25),
        paid_on=date(2026, 11, 12),
    )


def test_an_unknown_account_is_said_to_be_unknown(source):
    with pytest.raises(NotFoundError):
        source.statement(UNKNOWN)


def test_what_may_be_missing_may_be_missing(system, remote):
    bill = {"period": "2026-10", "kwh": 30, "amount": 18.5, "due_on": "2026-11-25"}
    system.answers[PATH] = [wire(tariff="flat", balance="-18.50", bills=[bill])]
    statement = remote.statement(ZHANG)
    assert statement.unpaid[0].amount == Decimal("18.5")
    assert statement.latest.tier is None


@pytest.mark.parametrize(
    "answer",
    [
        HTML,
        HALF,
        NOTHING,
        "",
        [],
        (500, {}),
        (401, {}),
        (302, {}),
        wire(account_number=LI),
        wire(tariff="gold"),
        wire(balance="much"),
        wire(balance="NaN"),
        wire(bills=[{"period": "2026-13", "kwh": "1", "amount": "1", "due_on": "2026-11-25"}]),
        wire(bills=[{"period": "2026-10", "kwh": "-1", "amount": "1", "due_on": "2026-11-25"}]),
        wire(bills=[dict(zip(KEYS, ZHANG_BILLS[0], strict=True))] * 2),
        wire(note="x" * (1 << 20)),
    ],
)
def test_a_wrong_answer_counts_as_none(system, remote, answer):
    system.answers[PATH] = [answer]
    with pytest.raises(BillsUnavailableError) as raised:
        remote.statement(ZHANG)
    assert ZHANG not in str(raised.value)


def test_a_slow_system_is_not_waited_for(system, http):
    system.slow = 0.4
    with pytest.raises(BillsUnavailableError):
        MarketingSystem(http, system.base, "secret", 0.05).statement(ZHANG)


def test_a_system_without_a_token_is_asked_without_one(system, http):
    statement = MarketingSystem(http, system.base, "", 2.0).statement(ZHANG)
    assert statement.balance == Decimal("249.28")


def test_a_system_that_is_down_is_unavailable(http):
    with pytest.raises(BillsUnavailableError):
        MarketingSystem(http, "http://127.0.0.1:9", "secret", 0.5).statement(ZHANG)
