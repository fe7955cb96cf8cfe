"""The platform delivers twice, at once, late and out of order: everything happens once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.product import Product

REPORT = "印染厂宿舍2栋停电了"


def test_a_redelivery_gets_the_same_reply_and_makes_no_second_ticket(product: Product):
    resident = product.resident()
    first = resident.says(REPORT).last
    number = product.ticket_of(resident).number
    for _ in range(3):
        assert resident.repeats().last == first
    assert product.ticket_of(resident).number == number


def test_a_redelivery_after_the_talk_went_on_says_the_first_answer_again(product: Product):
    resident = product.resident()
    resident.says("停电了").bot_says("哪个小区")
    asked = resident.says("棉纺二厂宿舍").last
    assert resident.repeats().last == asked
    resident.says("3栋").bot_says("单号")
    product.ticket_of(resident)


@pytest.mark.parametrize("switch", ["duplicate", "concurrent"])
def test_an_unruly_delivery_has_one_effect(product: Product, switch: str):
    resident = product.resident()
    product.switches(**{switch: 1})
    resident.says(REPORT)
    attempts = resident.outcome["attempts"]
    assert all(attempt["status"] == 200 for attempt in attempts), attempts
    resident.says("不清楚")
    product.ticket_of(resident)


def test_words_that_come_in_the_wrong_order_are_one_matter(product: Product):
    resident = product.resident()
    product.switches(reorder=1)
    resident.says(REPORT)
    assert resident.outcome == {"held": True}
    resident.says("印染厂宿舍2栋没电，整栋楼都没有").bot_says("单号")
    product.simulator.request("POST", "settle")
    product.ticket_of(resident)


def test_many_residents_at_once_get_a_ticket_each(product: Product):
    residents = [product.resident() for _ in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda resident: resident.says("针织小区1栋停电了"), residents))
    assert len({product.ticket_of(resident).number for resident in residents}) == len(residents)


@pytest.mark.parametrize("mode", ["compatible", "safe"])
@pytest.mark.parametrize("body_format", ["xml", "json"])
def test_every_mode_of_the_platform_is_understood(product: Product, mode: str, body_format: str):
    product.switches(mode=mode, body_format=body_format)
    try:
        product.resident().says("你好").bot_says("停电、电费、办电")
    finally:
        product.switches(mode="safe", body_format="xml")


@pytest.mark.parametrize("switch", ["bad_signature", "stale"])
def test_a_forged_or_old_delivery_is_refused(product: Product, switch: str):
    resident = product.resident()
    product.switches(**{switch: 6})
    path = f"residents/{resident.openid}/send"
    outcome = product.simulator.request("POST", path, json={"content": REPORT})
    assert {attempt["status"] for attempt in outcome["attempts"]} == {403}
    assert not product.tickets(openid=resident.openid)
    product.switches(bad_signature=0, stale=0)
