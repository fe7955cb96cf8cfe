"""After a restoration: 「还没来电」 opens it again in its area, 「来电了」 and time close it."""

from datetime import timedelta

import pytest

from handlers import reactions
from handlers.outages import last_metre, reliability, service
from handlers.outages.last_metre import Dark
from handlers.outages.models import Outage, OutageState
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish, open_ticket
from handlers.tickets.service import reopen, resolve
from notifier.models import OutboxMessage
from tests.handlers.outages.conftest import at, customer, outbox, resident, tick


@pytest.fixture
def restored(desk, published) -> Outage:
    """A fault of TQ0001 that was called over; o1 to o4 live there."""
    for number in range(1, 5):
        resident(desk, f"o{number}", customer(desk, f"369900000{number}"))
    outage = published("fault")
    service.restore(desk, outage, by="he")
    desk.happened.clear()
    return outage


def dark(desk, openid: str, area: str = "TQ0001"):
    return last_metre.note_dark(desk, Dark(openid, area, "C001", "1"))


def nested(desk) -> list[Outage]:
    return desk.session.query(Outage).filter(Outage.parent_code.is_not(None)).all()


def test_one_household_alone_opens_nothing_again(desk, restored):
    assert dark(desk, "o1") is None
    assert dark(desk, "o1") is None
    assert nested(desk) == []


def test_two_households_open_the_area_again_and_officers_hear(desk, restored):
    dark(desk, "o1")
    outage = dark(desk, "o2")
    assert (outage.parent_code, outage.state) == (restored.outage_code, OutageState.UNDER_WAY)
    assert [area.area_code for area in outage.areas] == ["TQ0001"]
    alerts = desk.session.query(OutboxMessage).filter_by(kind="outage_reopened").all()
    assert {message.target for message in alerts} == {"command", "deng"}
    assert "2户说还没来电" in alerts[0].payload["text"]
    (post,) = outbox(desk, outage_code=outage.outage_code, target="wrSample0001")
    assert "送电后还有住户没电" in post.payload["text"]
    assert dark(desk, "o3") is outage
    assert len(nested(desk)) == 1


def test_households_of_another_area_or_hours_later_are_counted_apart(desk, restored):
    dark(desk, "o1")
    assert dark(desk, "o2", area="TQ0003") is None
    at(desk, desk.now + timedelta(hours=4))
    assert dark(desk, "o3") is None
    assert nested(desk) == []


def test_it_ends_once_most_of_those_still_dark_have_power(desk, restored):
    for openid in ("o1", "o2", "o3"):
        outage = dark(desk, openid)
    assert last_metre.note_back(desk, "o1") is outage
    assert outage.state == OutageState.UNDER_WAY
    last_metre.note_back(desk, "o2")
    assert outage.state == OutageState.RESTORED


def test_it_ends_by_time_when_nobody_says_any_more_that_it_is_dark(desk, restored):
    dark(desk, "o1")
    outage = dark(desk, "o2")
    at(desk, outage.ends_at + timedelta(hours=3))
    tick(desk)
    assert outage.state == OutageState.UNDER_WAY
    at(desk, outage.ends_at + timedelta(hours=5))
    tick(desk)
    assert outage.state == OutageState.RESTORED


def test_a_restoration_after_which_anyone_was_dark_counts_as_false(desk, restored, published):
    other = published("fault", area_codes=["TQ0003"])
    service.restore(desk, other, by="he")
    day = timedelta(days=1)
    assert reliability.false_restorations(desk.session, desk.now - day, desk.now + day) == 0
    dark(desk, "o1")
    assert reliability.false_restorations(desk.session, desk.now - day, desk.now + day) == 0.5


def report(desk, openid: str) -> Ticket:
    ticket, _ = open_ticket(
        desk,
        Wish(
            category=Category.OUTAGE, text="还没来电", openid=openid, community_code="C001",
            place_text="棉纺一厂宿舍1栋", building="1", keeps_apart=True,
        ),
    )  # fmt: skip
    reactions.settle(desk)
    return ticket


def test_reports_after_a_restoration_hang_on_what_was_opened_again(desk, restored):
    first, second = report(desk, "o1"), report(desk, "o2")
    (outage,) = nested(desk)
    desk.session.flush()
    assert second.outage_code == outage.outage_code
    assert first.outage_code == outage.outage_code


def test_a_report_that_is_opened_again_counts_too(desk, published):
    tickets = [report(desk, openid) for openid in ("o8", "o9")]
    outage = published("fault")
    reactions.settle(desk)
    service.restore(desk, outage, by="he")
    reactions.settle(desk)
    for ticket in tickets:
        assert ticket.outage_code == outage.outage_code
        reopen(desk, ticket, by="resident", text="还没来电")
        reactions.settle(desk)
    (again,) = nested(desk)
    assert {ticket.outage_code for ticket in tickets} == {again.outage_code}
    resolve(desk, tickets[0], by="gridbot", text="好了")


@pytest.mark.parametrize(
    ("text", "is_back"),
    [
        ("来电了", True),
        ("已经来电了，谢谢", True),
        ("嗯，我家有电了！", True),
        ("来电了吗", False),
        ("别人家来电了", False),
        ("来电了通知我一下", False),
        ("还没来电", False),
    ],
)
def test_only_words_that_say_nothing_else_say_that_power_is_back(text, is_back):
    assert last_metre.says_back(text) == is_back
