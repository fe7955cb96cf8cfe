"""Events that a platform never sends change nothing: what was pressed or confirmed is found out."""

from datetime import timedelta

import sqlalchemy as sa

from handlers.tickets import watch
from handlers.tickets.models import Category
from handlers.tickets.opening import Wish, open_ticket
from notifier.delivery import Delivery
from notifier.models import Channel, OutboxMessage
from notifier.outbox import DANGER, put
from tests.support.desks import TABLES, fill_registry, make_desk
from tests.support.senders import HandClock, Recorder, outgoing


def test_a_press_that_was_lost_brings_a_new_card_to_the_next_person(database):
    with database.scope() as session:
        fill_registry(session)
        desk = make_desk(session)
        open_ticket(desk, Wish(Category.OUTAGE, "没电", community_code="C001", building="3"))
        desk.now += timedelta(minutes=5)
        watch.escalate_unaccepted(desk)
        cards = sa.select(OutboxMessage).where(OutboxMessage.kind.startswith("ticket_"))
        told = [row.target for row in session.scalars(cards) if row.payload.get("card")]
    assert {"zhou", "liu"} <= set(told)


def test_thirty_a_minute_reach_a_member_and_the_rest_follow_danger_first(database):
    """What is over the platform's limit would be dropped in silence; it waits instead."""
    time, channel = HandClock(), Recorder()
    delivery = Delivery(database, {Channel.WECOM_APP: channel}, TABLES.channels, time.clock)
    texts = [f"{number:02}" for number in range(45)]
    with database.scope() as session:
        cards = [outgoing(text, "zhou", channel=Channel.WECOM_APP) for text in texts]
        put(session, cards, now=time.at)
    delivery.deliver_due()
    assert len(channel.sent) == TABLES.channels.wecom.member_per_minute
    with database.scope() as session:
        danger = outgoing("danger", "zhou", channel=Channel.WECOM_APP, priority=DANGER)
        put(session, [danger], now=time.at)
    delivery.deliver_due()
    time.wait(seconds=70)
    delivery.deliver_due()
    delivery.close()
    assert sorted(channel.texts) == sorted([*texts, "danger"])
    assert channel.texts[30] == "danger"
