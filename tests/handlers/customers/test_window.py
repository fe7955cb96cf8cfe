"""The ledger says what the platform still takes: PLATFORMS.md 2.2."""

from datetime import timedelta

import pytest

from handlers.customers.models import Resident
from tests.support.desks import NOW, make_desk
from tests.support.talk import arrival, seen


def _after(session, *happened):
    """The resident after (minutes since NOW, inbound) in turn."""
    for minutes, came in happened:
        seen(make_desk(session, now=NOW + timedelta(minutes=minutes)), came)
    session.expire_all()
    return session.get(Resident, "o1")


def _event(name):
    return arrival("o1", event=name)


def test_a_message_opens_forty_eight_hours_for_five(session):
    resident = _after(session, (0, arrival("o1", "停电了")))
    assert (resident.window_until, resident.window_left) == (NOW + timedelta(hours=48), 5)
    assert resident.is_subscribed
    assert resident.first_seen_at == resident.last_seen_at == NOW


@pytest.mark.parametrize("name", ["CLICK", "subscribe", "SCAN", "scancode_waitmsg"])
def test_an_action_opens_one_minute_for_three(session, name):
    resident = _after(session, (0, _event(name)))
    assert (resident.window_until, resident.window_left) == (NOW + timedelta(minutes=1), 3)


def test_an_action_never_shortens_the_window(session):
    resident = _after(session, (0, arrival("o1", "停电了")), (10, _event("CLICK")))
    assert (resident.window_until, resident.window_left) == (NOW + timedelta(hours=48), 5)
    assert resident.first_seen_at == NOW


def test_an_action_fills_up_what_was_used(session):
    _after(session, (0, arrival("o1", "停电了"))).window_left = 1
    session.flush()
    resident = _after(session, (10, _event("CLICK")))
    assert (resident.window_until, resident.window_left) == (NOW + timedelta(hours=48), 3)


def test_what_was_left_of_an_old_window_is_gone(session):
    resident = _after(session, (0, arrival("o1", "停电了")), (60 * 49, _event("CLICK")))
    assert resident.window_left == 3


def test_a_view_opens_nothing(session):
    assert _after(session, (0, _event("VIEW"))).window_left == 0
    assert _after(session, (0, arrival("o1", "在吗")), (1, _event("VIEW"))).window_left == 5


def test_a_delivery_result_is_no_sign_of_life(session):
    assert _after(session, (0, _event("TEMPLATESENDJOBFINISH"))) is None


def test_who_leaves_is_no_follower_until_they_are_back(session):
    left = _after(session, (0, arrival("o1", "停电了")), (1, _event("unsubscribe")))
    assert not left.is_subscribed
    assert left.window_until is None
    assert _after(session, (2, _event("subscribe"))).is_subscribed
