"""A talk that a person has taken over goes on while he writes, and back to the bot when he does not."""

from datetime import timedelta

import sqlalchemy as sa

from handlers.tickets import commands, opening, service, talks
from handlers.tickets.models import Category
from handlers.tickets.opening import Wish
from notifier.models import OutboxMessage


def taken(desk):
    wish = Wish(category=Category.CONSULT, text="人工", openid="o1", community_code="C001")
    ticket, _ = opening.open_ticket(desk, wish)
    service.take_over(desk, ticket, by="zhou")
    return ticket


def told(desk, kind):
    query = sa.select(OutboxMessage).where(OutboxMessage.kind == kind)
    return [row.payload["text"] for row in desk.session.scalars(query)]


def test_a_silent_person_hands_back_after_the_time_and_the_resident_hears_it(desk):
    ticket = taken(desk)
    desk.now += timedelta(minutes=29)
    assert talks.end_overdue(desk) == 0
    desk.now += timedelta(minutes=2)
    assert talks.end_overdue(desk) == 1
    assert (ticket.takeover_until, ticket.takeover_userid) == (None, None)
    assert "由我接着为您服务" in told(desk, "ticket_hand_back")[0]
    assert talks.end_overdue(desk) == 0


def test_each_word_of_the_person_keeps_the_bot_quiet_longer(desk):
    ticket = taken(desk)
    desk.now += timedelta(minutes=25)
    assert "已发给住户" in commands.answer(desk, "zhou", "我查一下")
    assert ticket.takeover_until == desk.now + timedelta(minutes=30)


def test_a_colleagues_word_prolongs_nothing(desk):
    ticket = taken(desk)
    until = ticket.takeover_until
    desk.now += timedelta(minutes=5)
    talks.prolong(desk, ticket, by="liu")
    assert ticket.takeover_until == until
