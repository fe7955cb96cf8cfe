"""Why a bill is what it is, said in two sentences."""

from datetime import date
from decimal import Decimal

import pytest

from handlers.billing.explanation import doubted, explain, shifted
from handlers.billing.port import Kind, Statement
from tests.handlers.billing.households import city, month
from tests.support.desks import TABLES

TARIFFS = TABLES.tariff


def _statement(*bills, kind=Kind.TIERED):
    return Statement(kind, Decimal(0), is_cut=False, bills=bills)


def _told(*bills, kind=Kind.TIERED):
    return explain(TARIFFS, _statement(*bills, kind=kind), bills[-1])


def test_a_hot_month_is_named_with_the_daily_use_before_and_now():
    told = _told(month("2026-06", "205", "123.00"), month("2026-07", "303", "181.80"))
    assert told.compared == "7月用电303度、181.80元，比6月多98度、多58.80元。"
    assert "天热" in told.reason
    assert "每天6.8度变成9.8度" in told.reason


def test_the_same_month_of_last_year_is_compared_too():
    told = _told(
        month("2025-10", "100", "60.00"),
        month("2026-09", "100", "60.00"),
        month("2026-10", "120", "72.00"),
    )
    assert "比9月多20度、多12.00元，比去年同月多20度、多12.00元" in told.compared


def test_days_alone_are_a_reason():
    told = _told(month("2026-02", "280", "168.00"), month("2026-03", "310", "186.00"))
    assert "这个月多3天" in told.reason
    assert "每天" not in told.reason


def test_entering_the_second_tier_is_told_with_its_price_and_cost():
    year = [month(f"2026-{n:02}", "220", "132.00") for n in range(1, 10)]
    last = month("2026-10", "250", "153.50", tier=2)
    told = _told(*year, last)
    assert "2026年累计过了2160度，70度按第二档每度0.65元算，比第一档多花3.50元" in told.reason
    assert "一分不差" in told.reason


def test_january_sets_the_tiers_back():
    told = _told(
        month("2025-12", "270", "175.50", tier=2), month("2026-01", "271", "162.60", tier=1)
    )
    assert "1月起阶梯重新累计，回到第一档" in told.reason


def test_a_smaller_valley_share_is_named():
    told = _told(
        month("2026-02", "100", "54.00", peak_kwh=Decimal(40), valley_kwh=Decimal(60)),
        month("2026-03", "100", "58.50", peak_kwh=Decimal(70), valley_kwh=Decimal(30)),
        kind=Kind.TIERED_TOU,
    )
    assert "谷电占比从60%降到30%" in told.reason


def test_a_bill_the_tables_do_not_give_is_not_defended():
    told = _told(month("2026-01", "100", "60.00"), month("2026-02", "100", "75.00"))
    assert "按电价表重算是60.00元，和账单对不上，建议核查" in told.reason


def test_a_first_bill_has_nothing_to_be_compared_with():
    assert "没有更早的账单" in _told(month("2026-01", "100", "60.00")).compared


def test_who_finds_it_too_high_means_the_month_that_jumped():
    statement = _statement(
        month("2026-06", "205", "123.00"),
        month("2026-07", "303", "181.80"),
        month("2026-08", "300", "180.00"),
        month("2026-09", "200", "120.00"),
    )
    assert doubted(statement, "电费怎么翻倍了").period == "2026-07"
    assert doubted(statement, "抄表抄错了吧").period == "2026-09"
    assert doubted(_statement(), "怎么这么高") is None


def test_periods_move_over_new_year():
    assert shifted("2026-01", -1) == "2025-12"
    assert shifted("2025-12", 2) == "2026-02"
    assert shifted("2026-05", -12) == "2025-05"


@pytest.mark.parametrize("household", city())
def test_every_bill_of_the_made_up_city_is_explained_in_two_short_sentences(household):
    kind, bills = city()[household]
    statement = Statement(kind, Decimal(0), is_cut=False, bills=tuple(bills))
    for bill in bills:
        told = explain(TARIFFS, statement, bill)
        assert told.text.count("。") == 2
        assert len(told.text) < 260
        assert "对不上" not in told.text
        assert told.fields["recounted"] == told.fields["amount"]


def test_the_figures_go_on_the_ticket():
    told = _told(
        month("2026-06", "205", "123.00"),
        month("2026-07", "303", "181.80", due_on=date(2026, 8, 25)),
    )
    assert told.fields == {
        "period": "2026-07",
        "kwh": "303",
        "amount": "181.80",
        "tier": "1",
        "last_kwh": "205",
        "last_amount": "123.00",
        "recounted": "181.80",
    }
