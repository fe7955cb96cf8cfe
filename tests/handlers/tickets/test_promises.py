"""Promised times: made, replaced, kept, and warned of before they lapse."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from handlers.errors import DomainError
from handlers.tickets import promises, service, watch
from handlers.tickets.models import Action, TicketEvent
from notifier.models import OutboxMessage


def texts(desk):
    query = sa.select(OutboxMessage).where(OutboxMessage.kind == "promise_warnings")
    found = desk.session.scalars(query.order_by(OutboxMessage.id))
    return [(message.target, message.payload["text"]) for message in found]


def test_a_promise_stands_in_the_history_of_its_ticket(opened, desk):
    ticket = opened("outage")
    promises.make(
        desk, kind="arrival", promised_at=desk.now + timedelta(hours=1), ticket=ticket, by="zhou"
    )
    event = desk.session.scalars(
        sa.select(TicketEvent).where(TicketEvent.action == Action.PROMISE)
    ).one()
    assert (event.by, event.text) == ("zhou", "承诺11-25周三 11:00前到场")


def test_a_new_time_replaces_the_old_one(opened, desk):
    ticket = opened("outage")
    first = promises.make(
        desk, kind="arrival", promised_at=desk.now + timedelta(hours=1), ticket=ticket
    )
    second = promises.make(
        desk, kind="arrival", promised_at=desk.now + timedelta(hours=2), ticket=ticket
    )
    assert first.superseded_at == desk.now
    assert promises.outstanding(desk, ticket=ticket) == [second]
    assert promises.was_kept(first, desk.now + timedelta(hours=3)) is None


def test_a_time_that_has_passed_cannot_be_promised(opened, desk):
    with pytest.raises(DomainError, match="已经过去"):
        promises.make(desk, kind="arrival", promised_at=desk.now, ticket=opened("outage"))


def test_arriving_in_time_keeps_the_promise_and_late_does_not(opened, desk):
    ticket = opened("outage")
    other = opened("outage", building="2", room="101", keeps_apart=True)
    kept = promises.make(
        desk, kind="arrival", promised_at=desk.now + timedelta(hours=1), ticket=ticket
    )
    late = promises.make(
        desk, kind="arrival", promised_at=desk.now + timedelta(minutes=10), ticket=other
    )
    desk.now += timedelta(minutes=30)
    service.arrive(desk, ticket, by="zhou")
    assert promises.was_kept(late, desk.now) is False
    service.arrive(desk, other, by="zhou")
    assert promises.was_kept(kept, desk.now) is True
    assert promises.was_kept(late, desk.now) is False
    assert promises.outstanding(desk) == []


def test_a_cancelled_ticket_binds_nobody(opened, desk):
    ticket = opened("outage")
    promise = promises.make(
        desk, kind="call", promised_at=desk.now + timedelta(hours=1), ticket=ticket
    )
    service.cancel(desk, ticket, by="resident")
    assert promise.superseded_at == desk.now
    assert promise.kept_at is None


def test_a_promise_warns_its_keeper_half_an_hour_before_and_once(opened, desk):
    ticket = opened("outage")
    promises.make(desk, kind="arrival", promised_at=desk.now + timedelta(hours=2), ticket=ticket)
    desk.now += timedelta(minutes=89)
    assert watch.warn_promises(desk) == 0
    desk.now += timedelta(minutes=1)
    assert watch.warn_promises(desk) == 1
    assert watch.warn_promises(desk) == 0
    ((target, text),) = texts(desk)
    assert target == "zhou"
    assert f"{ticket.number} 停电报修 棉纺一厂宿舍：承诺11-25周三 12:00前到场，还剩30分钟" in text


def test_a_short_promise_warns_at_half_of_it(opened, desk):
    ticket = opened("outage")
    promises.make(desk, kind="arrival", promised_at=desk.now + timedelta(minutes=20), ticket=ticket)
    assert watch.warn_promises(desk) == 0
    desk.now += timedelta(minutes=10)
    assert watch.warn_promises(desk) == 1


def test_at_night_the_crew_hears_of_what_an_absent_assignee_promised(opened, desk):
    ticket = opened("complaint")
    at = desk.now.replace(hour=20)
    promises.make(desk, kind="call", promised_at=at, ticket=ticket, by="zhou")
    desk.now = at - timedelta(minutes=20)
    assert watch.warn_promises(desk) == 1
    ((target, text),) = texts(desk)
    assert target in {"he", "peng"}
    assert "前回电话" in text


def test_a_promise_about_an_outage_goes_to_the_team_leader(desk):
    promises.make(
        desk,
        kind="restoration",
        promised_at=desk.now + timedelta(minutes=40),
        outage_code="TD2026112501",
        station_code="CD",
    )
    desk.now += timedelta(minutes=20)
    assert watch.warn_promises(desk) == 1
    ((target, text),) = texts(desk)
    assert target == "deng"
    assert "停电 TD2026112501：承诺11-25周三 10:40前恢复供电，还剩20分钟" in text
    promises.keep(desk, kinds=("restoration",), outage_code="TD2026112501")
    assert promises.outstanding(desk) == []
