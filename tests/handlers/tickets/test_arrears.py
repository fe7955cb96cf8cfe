"""A home that is dark because of arrears: asked first, never a crew for nothing."""

import pytest

from handlers.customers.models import Binding, Customer, Resident
from handlers.tickets.models import Category, Ticket
from tests.support.talk import Talk


@pytest.fixture
def talk(desk):
    session = desk.session
    session.add(Resident(openid="o1", first_seen_at=desk.now, last_seen_at=desk.now))
    customer = Customer(
        account_index="i1",
        account_number="3699435467",
        account_tail="5467",
        name="程爱民",
        name_index="n1",
        community_code="C001",
        building="3",
        room="501",
        area_code="TQ0001",
        tariff="tiered",
        arrears_cut=True,
        balance="-737.80",
    )
    session.add(customer)
    session.flush()
    session.add(Binding(openid="o1", customer_id=customer.id, bound_at=desk.now))
    session.flush()
    return Talk(desk, "report_outage")


def report(talk):
    return talk.says("棉纺一厂宿舍3栋没电了", community="棉纺一厂宿舍", address="3栋")


def tickets(desk):
    return desk.session.query(Ticket).all()


def test_arrears_are_told_before_a_crew_is_sent(desk, talk):
    said = report(talk).render()
    assert "欠费停电，欠737.80元" in said
    assert "尾号5467" in said
    assert tickets(desk) == []


def test_who_has_paid_gets_the_reconnection(desk, talk):
    report(talk)
    said = talk.says("已经交了").render()
    assert [ticket.category for ticket in tickets(desk)] == [Category.RECONNECTION]
    assert "白色按键" in said


def test_who_goes_to_pay_is_told_how(desk, talk):
    report(talk)
    assert "回「交完费复电」" in talk.says("2").render()
    assert tickets(desk) == []


def test_who_denies_arrears_gets_the_repair(desk, talk):
    report(talk)
    assert "停电报修已受理" in talk.says("不欠费,给我报修").render()
    assert [ticket.category for ticket in tickets(desk)] == [Category.OUTAGE]


def test_words_that_choose_nothing_are_asked_again(desk, talk):
    report(talk)
    assert "您看：" in talk.says("随便").render()
