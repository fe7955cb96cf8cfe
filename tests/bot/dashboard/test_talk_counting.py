"""How the bot did: understood, handed over, wrongly kept from a person."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.conversation.models import Utterance
from bot.dashboard.talk_counting import count_talk
from handlers.desk import Desk
from handlers.figures import talk
from handlers.figures.totals import Span
from tests.support.desks import NOW, make_database, make_desk

TODAY = Span(date(2026, 11, 25), date(2026, 11, 25))


@pytest.fixture
def desk(tmp_path: Path):
    database = make_database(tmp_path)
    with database.scope() as session:
        yield make_desk(session)
    database.close()


def said(desk: Desk, *intents: str, by: str = "openid-a", apart: int = 1) -> None:
    """Lines of one person, some minutes apart, the last a while ago."""
    for number, intent in enumerate(intents):
        ago = 5 + (len(intents) - number) * apart
        desk.session.add(
            Utterance(
                user_id=by,
                at=NOW - timedelta(minutes=ago),
                speaker="resident",
                text="…",
                intent=intent,
            )
        )
    desk.session.flush()


def test_each_line_counts_once(desk: Desk) -> None:
    said(desk, "query_bill", "out_of_scope", "greet")
    assert count_talk(desk) == 3
    assert count_talk(desk) == 0
    found = talk.total(desk.session, TODAY)
    assert (found.messages, found.understood) == (3, 2)
    assert found.understood_rate == 0.6667


def test_who_asks_for_a_person_right_after_was_wrongly_kept(desk: Desk) -> None:
    said(desk, "query_bill", "human_agent")
    count_talk(desk)
    bill = next(one for one in talk.by_intent(desk.session, TODAY) if one.intent == "query_bill")
    assert (bill.messages, bill.deflected) == (1, 1)
    assert talk.total(desk.session, TODAY).handed_over == 1


def test_who_asks_for_a_person_much_later_was_not(desk: Desk) -> None:
    said(desk, "query_bill", "human_agent", apart=30)
    count_talk(desk)
    assert talk.total(desk.session, TODAY).deflected == 0


def test_a_request_that_was_taken_down_was_not_deflected(desk: Desk) -> None:
    said(desk, "report_outage", "human_agent")
    count_talk(desk)
    assert talk.total(desk.session, TODAY).deflected == 0


def test_lines_of_this_minute_wait(desk: Desk) -> None:
    desk.session.add(
        Utterance(user_id="a", at=NOW, speaker="resident", text="…", intent="query_bill")
    )
    desk.session.flush()
    assert count_talk(desk) == 0
    desk.now += timedelta(minutes=2)
    assert count_talk(desk) == 1
