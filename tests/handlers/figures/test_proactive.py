"""Households and areas that report again and again, and what proves that work is due."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from handlers.desk import Desk
from handlers.errors import NotFoundError
from handlers.figures import adding, proactive
from handlers.figures.totals import Span
from handlers.outages import service as outages
from handlers.tickets.models import Ticket

Opened = Callable[..., Ticket]
LATELY = Span(date(2026, 9, 1), date(2026, 11, 30))
OF_ANOTHER = Span(date(2026, 9, 1), date(2026, 11, 30), "CX")


def reports(opened: Opened, openid: str, category: str = "fault", times: int = 1) -> list[Ticket]:
    return [
        opened(category, openid=openid, building="3", room="501", keeps_apart=True)
        for _ in range(times)
    ]


def test_a_household_that_comes_back_is_listed_with_its_tickets(desk: Desk, opened: Opened) -> None:
    often = reports(opened, "openid-a", times=3)
    reports(opened, "openid-b", times=2)
    reports(opened, "openid-c")
    adding.catch_up(desk)
    first, second = proactive.repeated_households(desk.session, LATELY)
    assert (first.place, first.category, first.times) == ("棉纺一厂宿舍3栋", "故障报修", 3)
    assert first.numbers == [often[2].number, often[1].number]
    assert second.times == 2
    assert "501" not in first.place
    assert proactive.repeated_households(desk.session, OF_ANOTHER) == []


def test_low_voltage_is_counted_by_area(desk: Desk, opened: Opened) -> None:
    reports(opened, "openid-a", "power_quality")
    reports(opened, "openid-b", "power_quality")
    adding.catch_up(desk)
    ((area, count),) = proactive.low_voltage(desk.session, LATELY)
    assert (area.area_code, count) == ("TQ0001", 2)
    assert proactive.low_voltage(desk.session, OF_ANOTHER) == []


def test_the_evidence_of_an_area_holds_its_outages_and_its_people(
    desk: Desk, opened: Opened
) -> None:
    reports(opened, "openid-a", "power_quality", times=2)
    columns = {
        "kind": "fault",
        "area_codes": ["TQ0001"],
        "starts_at": desk.now - timedelta(hours=1),
        "ends_at": desk.now + timedelta(hours=1),
        "reason": "线路故障",
    }
    outage, _ = outages.draft(desk, columns, by="deng")
    outages.publish(desk, outage, by="command")
    adding.catch_up(desk)
    found = proactive.evidence(desk, "TQ0001", LATELY)
    assert [one.outage_code for one in found.outages] == [outage.outage_code]
    assert found.requests == [("电压问题", 2)]
    assert (found.area.outages, found.area.low_voltage) == (1, 2)
    assert [home.times for home in found.households] == [2]
    assert len(found.voltage) == 2


@pytest.mark.parametrize(("code", "span"), [("TQ9999", LATELY), ("TQ0001", OF_ANOTHER)])
def test_there_is_no_evidence_of_an_area_that_is_not_ones_own(
    desk: Desk, code: str, span: Span
) -> None:
    with pytest.raises(NotFoundError):
        proactive.evidence(desk, code, span)
