"""Scenario: the code of a community event leads to an opinion, that of a poll to a vote."""

from datetime import timedelta

from handlers.surveys import community_events, polls
from handlers.surveys.scopes import Asked
from tests.support.product import Product


def test_what_is_written_after_the_events_code_is_answered_to_who_wrote_it(product: Product):
    with product.parts.working() as desk:
        event = community_events.create(
            desk,
            by="zhouzhiqiang",
            station_code="CD",
            title="冬季用电进社区",
            place="小区广场",
            asked=Asked(("C011",)),
            starts_at=desk.now,
            ends_at=desk.now + timedelta(hours=2),
        ).id
    resident = product.resident()
    resident.does("SCAN", scene=f"event_{event}").bot_says("冬季用电进社区")
    resident.says("希望停电通知提前三天发到群里").bot_says("采纳不采纳都会答复您")
    with product.parts.looking() as desk:
        (ticket,) = community_events.results(desk, community_events.get(desk, event)).tickets
        assert (ticket.openid, ticket.category) == (resident.openid, "suggestion")


def test_a_digit_after_the_polls_code_is_a_vote(product: Product):
    with product.parts.working() as desk:
        poll = polls.create(
            desk,
            by="zhouzhiqiang",
            station_code="CD",
            question="检修停电放在哪天好？",
            options=["周六", "周日"],
            asked=Asked(("C011",)),
            closes_at=desk.now + timedelta(hours=2),
        ).id
    resident = product.resident()
    resident.does("SCAN", scene=f"poll_{poll}").bot_says("检修停电放在哪天好", "1 周六")
    resident.says("2").bot_says("投好了")
    with product.parts.looking() as desk:
        assert polls.voters(desk.session, polls.get(desk, poll)) == 1
