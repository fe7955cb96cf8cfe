"""Old words are not confirmed later, and queued ones still go."""

from datetime import timedelta

from handlers.outages import service
from handlers.outages.staleness import BEGUN, CHANGED, ENDED, stale
from notifier.models import OutboxState
from tests.handlers.outages.conftest import at, outbox


def test_what_waits_for_an_owner_goes_stale_with_the_outage(desk, published):
    outage = published("fault")
    (message,) = outbox(desk)
    message.state = OutboxState.AWAITING_OWNER
    service.restore(desk, outage, by="he")
    assert stale(desk.session, [message], desk.now) == {message.id: ENDED}


def test_what_waits_for_an_owner_goes_stale_with_a_change(desk, published):
    outage = published()
    (message,) = outbox(desk)
    message.state = OutboxState.AWAITING_OWNER
    at(desk, desk.now + timedelta(minutes=1))
    service.change(desk, outage, {"reason": "更换电缆"}, by="deng")
    assert stale(desk.session, outbox(desk), desk.now) == {message.id: CHANGED}


def test_what_is_queued_still_goes(desk, published):
    outage = published()
    service.cancel(desk, outage, by="deng")
    assert stale(desk.session, outbox(desk), desk.now) == {}


def test_a_reminder_is_stale_once_it_has_begun(desk, published):
    outage = published()
    message = outbox(desk)[0]
    message.step = "day_before"
    assert stale(desk.session, [message], outage.starts_at) == {message.id: BEGUN}
