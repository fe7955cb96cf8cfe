"""Bills counted from the tables: tiers, peak and valley, one price, to the cent."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from config.tables import load
from config.tariffs import Tariffs
from handlers.billing.port import Kind
from handlers.billing.recount import Basis, recount, used_before
from handlers.billing.tariff import ZERO, charge, late_fee
from tests.handlers.billing.households import FIXTURES, city, month
from tests.support.desks import TABLES

BUILT_IN = TABLES.tariff


@pytest.fixture(scope="module")
def zhejiang() -> Tariffs:
    return load(FIXTURES / "zhejiang").tariff


@pytest.fixture(scope="module")
def ours():
    return BUILT_IN.versions[0]


@pytest.mark.parametrize("household", city())
def test_every_bill_of_the_made_up_city_comes_out_to_the_cent(household):
    kind, bills = city()[household]
    for bill in bills:
        counted = recount(BUILT_IN, kind, bills, bill)
        assert counted is not None, bill
        assert counted.charge.amount == bill.amount
        assert counted.charge.tier == bill.tier
        assert sum(part.kwh for part in counted.charge.slices) == bill.kwh


def test_an_incomplete_year_rests_on_the_bills_own_tier():
    bills = [month("2026-11", "213", "138.45", tier=2)]
    counted = recount(BUILT_IN, Kind.TIERED, bills, bills[0])
    assert (counted.basis, counted.charge.tier, counted.used) == (Basis.TIER_REACHED, 2, None)


def test_the_month_that_crossed_in_an_incomplete_year_is_split_by_its_amount():
    bill = month("2026-12", "188", "115.40", tier=2)
    below, above = recount(BUILT_IN, Kind.TIERED, [bill], bill).charge.slices
    assert (below.kwh, above.kwh) == (Decimal(136), Decimal(52))


def test_an_amount_no_split_explains_is_not_explained_away():
    bill = month("2026-12", "188", "999.00", tier=2)
    assert recount(BUILT_IN, Kind.TIERED, [bill], bill) is None


def test_one_month_may_run_through_all_tiers(ours):
    counted = charge(ours, Kind.TIERED, month("2026-05", "5000"), ZERO)
    assert [(part.tier, part.kwh) for part in counted.slices] == [(1, 2160), (2, 2040), (3, 800)]
    assert counted.amount == Decimal("3342.00")


def test_the_edge_itself_still_belongs_to_the_lower_tier(ours):
    assert charge(ours, Kind.TIERED, month("2026-05", "160"), Decimal(2000)).tier == 1
    assert charge(ours, Kind.TIERED, month("2026-05", "161"), Decimal(2000)).tier == 2


def test_a_month_without_use_costs_nothing(ours):
    counted = charge(ours, Kind.TIERED, month("2026-05", "0"), Decimal(2500))
    assert (counted.amount, counted.tier) == (Decimal("0.00"), 2)


def test_a_charge_never_falls_when_more_is_used(ours):
    amounts = [
        charge(ours, Kind.TIERED, month("2026-05", str(kwh)), Decimal(1900)).amount
        for kwh in range(0, 3000, 37)
    ]
    assert all(less < more for less, more in pairwise(amounts))


def test_another_provinces_table_counts_its_own_way(zhejiang):
    version = zhejiang.on(date(2026, 1, 1))
    assert version.edges() == (Decimal(2760), Decimal(4800))
    bill = month("2026-03", "100", peak_kwh=Decimal(60), valley_kwh=Decimal(40))
    # 60 x 0.568 + 40 x 0.288, then the same at the third tier's 0.868 and 0.588
    assert charge(version, Kind.TIERED_TOU, bill, ZERO).amount == Decimal("45.60")
    assert charge(version, Kind.TIERED_TOU, bill, Decimal(4800)).amount == Decimal("75.60")
    assert charge(version, Kind.FLAT, bill, ZERO).amount == Decimal("55.80")


def test_a_bill_is_counted_with_the_version_of_its_own_month(zhejiang):
    bill = month("2020-08", "500")
    counted = recount(zhejiang, Kind.TIERED, [bill], bill)
    assert counted.version.cycle == "month"
    assert [part.kwh for part in counted.charge.slices] == [230, 170, 100]
    assert recount(zhejiang, Kind.TIERED, [], month("2011-01", "50")) is None


def test_a_large_household_is_recognised_by_its_wider_tiers():
    used = [month(f"2026-{number:02}", "300", "180.00") for number in range(1, 11)]
    counted = recount(BUILT_IN, Kind.TIERED, used, used[-1])
    assert counted.basis == Basis.LARGE_HOUSEHOLD
    assert counted.to_next_tier == Decimal(280 * 12 - 3000)


def test_a_year_with_a_gap_has_no_sum():
    bills = [month("2026-01", "10"), month("2026-03", "10")]
    assert used_before(bills, bills[1]) is None
    assert used_before(bills, bills[0]) == ZERO


@pytest.mark.parametrize(
    ("kind", "today", "fee"),
    [
        (Kind.TIERED, date(2026, 11, 25), "0"),
        (Kind.TIERED, date(2026, 11, 26), "0.10"),
        (Kind.FLAT, date(2026, 12, 5), "1.00"),
        (Kind.COMMERCIAL, date(2026, 12, 5), "2.00"),
        (Kind.COMMERCIAL, date(2027, 1, 4), "12.00"),
    ],
)
def test_a_late_fee_runs_from_the_day_after_due(kind, today, fee):
    bill = month("2026-10", "150", "100.00")
    assert late_fee(BUILT_IN.late_fee, kind, bill, today) == Decimal(fee)


def test_what_is_paid_costs_no_fee():
    bill = month("2026-10", "150", "100.00", paid_on=date(2026, 12, 1))
    assert late_fee(BUILT_IN.late_fee, Kind.TIERED, bill, date(2026, 12, 20)) == ZERO
