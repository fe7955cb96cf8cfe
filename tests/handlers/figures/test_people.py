"""Points, disputes and stars; the weekly text; what is rising."""

from datetime import timedelta

import pytest

from handlers.desk import Desk
from handlers.errors import DomainError, NotAllowedError, StateConflictError
from handlers.figures import adding, hot, people, weekly
from handlers.figures.models import WordCell
from handlers.figures.totals import Span, Totals
from notifier.models import OutboxMessage
from tests.handlers.figures.histories import Town
from tests.support.desks import TABLES

RULES = TABLES.points.stars


@pytest.fixture
def town(desk: Desk) -> Town:
    """A billing case that 万雪梅 finished, counted."""
    here = Town(desk)
    here.open(2, 0, 0)
    here.act("resolve", 0)
    while adding.catch_up(desk):
        pass
    return here


def today(desk: Desk) -> Span:
    return Span(desk.now.date(), desk.now.date())


def sums(**measures: int) -> Totals:
    return Totals(Totals().sums | measures)


def test_a_dispute_that_is_granted_adds_to_the_points(town: Town) -> None:
    desk = town.desk
    raised = people.dispute(desk, town.numbers[0], by="wan", text="当天跑了两趟")
    people.decide(desk, raised.id, by="deng", granted=1.5, answer="属实")
    (card,) = people.scorecards(desk, today(desk))
    assert (card.userid, card.points, card.stars) == ("wan", 3.5, None)
    assert people.open_disputes(desk.session) == []


def test_only_ones_own_points_are_disputed_once_and_judged_by_another(town: Town) -> None:
    desk, number = town.desk, town.numbers[0]
    with pytest.raises(NotAllowedError):
        people.dispute(desk, number, by="zhou", text="不对")
    with pytest.raises(DomainError):
        people.dispute(desk, number, by="wan", text=" ")
    raised = people.dispute(desk, number, by="wan", text="不对")
    with pytest.raises(StateConflictError):
        people.dispute(desk, number, by="wan", text="还是不对")
    with pytest.raises(NotAllowedError):
        people.decide(desk, raised.id, by="wan", granted=9, answer="好")


@pytest.mark.parametrize(
    ("totals", "stars"),
    [
        (sums(created=4), None),
        (sums(created=20, finish_due=20, finish_in_time=20, scored=10, satisfied=10), 5),
        (sums(created=10, finish_due=10, finish_in_time=8, scored=5, satisfied=4), 4),
        (sums(created=10, finish_due=10, finish_in_time=5, scored=5, satisfied=1, bad_marks=4), 1),
    ],
)
def test_stars_follow_skill_quality_and_load(totals: Totals, stars: int | None) -> None:
    assert people.stars(totals, 10, RULES) == stars


def test_the_weekly_text_goes_to_each_once_on_monday(town: Town) -> None:
    desk = town.desk
    desk.now += timedelta(days=4, hours=22)  # Monday, eight o'clock
    assert weekly.send_weekly(desk) == 0
    desk.now += timedelta(minutes=30)
    assert weekly.send_weekly(desk) == 9
    assert weekly.send_weekly(desk) == 0
    message = desk.session.query(OutboxMessage).filter_by(target="deng", kind="weekly_report").one()
    assert message.payload["text"].startswith("【周报】城东供电服务站 11月23日—11月29日")
    assert "受理 1 件，办结 1 件" in message.payload["text"]


def test_a_word_that_was_never_said_before_is_rising(desk: Desk) -> None:
    span = Span(desk.now.date() - timedelta(days=6), desk.now.date())
    before = span.since - timedelta(days=3)
    for day, word, tickets in (
        (desk.now.date(), "充电桩", 6),
        (desk.now.date(), "跳闸", 6),
        (before, "跳闸", 24),
        (desk.now.date(), "发票", 2),
    ):
        desk.session.add(WordCell(day=day, station_code="CD", word=word, tickets=tickets))
    desk.session.flush()
    assert [one.topic for one in hot.rising_words(desk.session, span)] == ["充电桩"]
    assert hot.hot_words(desk.session, span)[0].tickets == 6
