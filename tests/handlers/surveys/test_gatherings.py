"""Events whose code leads to opinions, polls with one vote a person, and both in the digest."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversation import events as doors
from handlers.customers import places
from handlers.customers.models import Resident
from handlers.dialogue.turn import Door, Inbound, InboundKind, Turn
from handlers.errors import DomainError, NotAllowedError, StateConflictError
from handlers.grid.models import Staff
from handlers.routes import ROUTES
from handlers.surveys import community_events, gatherings, opinions, polls
from handlers.surveys.models import CommunityEvent, Poll, PollVote
from handlers.surveys.scopes import Asked
from handlers.tickets.models import Ticket
from nlu.understanding import Request
from tests.handlers.surveys.conftest import WANG, Station


def event_of(station: Station, **facts: Any) -> CommunityEvent:
    now = station.desk.now
    wanted = {
        "by": "zhou",
        "station_code": "CD",
        "title": "冬季用电进社区",
        "place": "小区广场",
        "asked": Asked(("C001",)),
        "starts_at": now,
        "ends_at": now + timedelta(hours=3),
    }
    return community_events.create(station.desk, **(wanted | facts))


def poll_of(station: Station, **facts: Any) -> Poll:
    wanted = {
        "by": "zhou",
        "station_code": "CD",
        "question": "检修停电放在哪天好？",
        "options": ["周六", "周日"],
        "asked": Asked(("C001",)),
        "closes_at": station.desk.now + timedelta(days=2),
    }
    return polls.create(station.desk, **(wanted | facts))


def scans(station: Station, scene: str, openid: str = WANG) -> str:
    memory = station.memories.setdefault(openid, {})
    came = Inbound(
        Door.OFFICIAL_ACCOUNT,
        openid,
        f"scan{station.desk.now}{scene}{openid}",
        InboundKind.EVENT,
        station.desk.now,
        event="scan",
        event_key=scene,
    )
    return doors.answer(station.desk, came, memory).render()


def writes(station: Station, text: str, openid: str = WANG) -> str:
    """A message that goes to the form that waits, or to the poll."""
    memory = station.memories[openid]
    came = Inbound(Door.OFFICIAL_ACCOUNT, openid, text, InboundKind.TEXT, station.desk.now, text)
    is_form = "form" in memory
    turn = Turn(came, Request("suggest", 1.0, text), station.desk.now, memory, not is_form)
    if is_form:
        reply = ROUTES["suggest"](turn, station.desk)
    else:
        reply = gatherings.take_vote(turn, station.desk)
    station.settle()
    return reply.render() if reply else ""


def test_what_is_said_after_the_scan_belongs_to_the_event(station: Station) -> None:
    event = event_of(station)
    assert "冬季用电进社区" in scans(station, f"event_{event.id}")
    assert "采纳不采纳都会答复您" in writes(station, "希望停电通知提前三天发到群里")
    (ticket,) = community_events.results(station.desk, event).tickets
    assert (ticket.category, ticket.community_code, ticket.openid) == ("suggestion", "C001", WANG)


def test_an_event_answers_each_and_shows_what_became_of_it(station: Station) -> None:
    event = event_of(station)
    made = [
        community_events.give(station.desk, event, openid=openid, text=text)
        for openid, text in ((WANG, "停电通知提前三天发"), (None, "营业厅多放几把椅子"))
    ]
    station.settle()
    numbers = [made[0].number]
    opinions.answer(station.desk, numbers, by="deng", is_adopted=True, text="下月起提前三天")
    found = community_events.results(station.desk, event)
    assert (found.adopted, found.declined, found.waiting) == (1, 0, 1)
    assert dict(found.topics) == {"停电感知": 1, "其他": 1}


def test_an_event_long_over_takes_no_more(station: Station) -> None:
    event = event_of(station)
    station.later(days=8)
    with pytest.raises(StateConflictError, match="已经结束"):
        community_events.give(station.desk, event, openid=WANG, text="停电通知提前三天发")
    assert "已经结束" in scans(station, f"event_{event.id}")
    assert "form" not in station.memories[WANG]


def test_the_form_takes_the_same_words_once_and_no_flood(station: Station) -> None:
    event = event_of(station)

    def give(text: str, openid: str = WANG) -> Ticket:
        return community_events.give(station.desk, event, openid=openid, text=text)

    assert give("停电通知提前三天发") is give(" 停电通知提前三天发 ")
    for number in range(community_events.MOST - 1):
        give(f"第{number}条意见，路灯不亮")
    with pytest.raises(DomainError, match="不少意见"):
        give("再来一条，路灯不亮")
    assert give("停电通知提前三天发") is not None
    assert give("停电通知提前三天发", openid="oSomeoneElse").number
    assert len(community_events.results(station.desk, event).tickets) == community_events.MOST + 1


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": " "}, "title"),
        ({"place": "广场" * 40}, "place"),
        ({"asked": Asked()}, "communities"),
        ({"asked": Asked(("C999",))}, "communities"),
        ({"asked": Asked((), ("CX01",))}, "communities"),
        ({"ends_at": None}, "ends_at"),
    ],
)
def test_an_event_says_what_it_lacks(station: Station, facts: dict[str, Any], field: str) -> None:
    if facts.get("ends_at", 0) is None:
        facts = {"ends_at": station.desk.now - timedelta(hours=1)}
    with pytest.raises(DomainError) as refused:
        event_of(station, **facts)
    assert refused.value.field == field


def test_a_whole_grid_is_all_its_communities(station: Station) -> None:
    assert poll_of(station, asked=Asked((), ("CD01",))).community_codes == ["C001", "C002"]


def test_a_digit_after_the_scan_votes_once(station: Station) -> None:
    poll = poll_of(station)
    assert "1 周六" in scans(station, f"poll_{poll.id}")
    assert "投好了" in writes(station, "2")
    assert "已经投过" in scans(station, f"poll_{poll.id}")
    with pytest.raises(StateConflictError):
        polls.vote(station.desk, poll, WANG, 0)
    assert polls.voters(station.desk.session, poll) == 1


def test_words_that_are_no_choice_are_no_vote(station: Station) -> None:
    poll = poll_of(station)
    scans(station, f"poll_{poll.id}")
    assert writes(station, "我家没电了") == ""
    assert writes(station, "1") == ""
    assert polls.voters(station.desk.session, poll) == 0


def test_counts_are_shown_when_it_is_over_and_nobody_reads_who_voted(station: Station) -> None:
    poll = poll_of(station)
    for number, choice in enumerate((0, 1, 1)):
        polls.vote(station.desk, poll, f"openid-{number}", choice, community_code="C001")
    assert polls.results(station.desk, poll) == []
    station.later(days=3)
    counts = polls.results(station.desk, poll)
    assert [(one.option, one.votes) for one in counts] == [("周六", 1), ("周日", 2)]
    kept = station.desk.session.scalars(sa.select(PollVote.voter)).all()
    assert not any("openid" in voter for voter in kept)
    with pytest.raises(StateConflictError, match="截止"):
        polls.vote(station.desk, poll, "openid-9", 0, community_code="C001")


def test_only_residents_of_its_communities_vote(station: Station) -> None:
    poll = poll_of(station)
    resident = station.desk.session.get_one(Resident, WANG)
    with pytest.raises(DomainError, match="住在哪个小区"):
        polls.vote(station.desk, poll, WANG, 0)
    resident.community_code = "C002"
    with pytest.raises(NotAllowedError, match="不在里面"):
        polls.vote(station.desk, poll, WANG, 0, community_code="C001")


def test_staff_do_not_vote(station: Station) -> None:
    poll = poll_of(station)
    number = station.desk.session.get_one(Staff, "he").phone
    places.remember_phone(station.desk, WANG, number)
    station.desk.session.expire_all()
    with pytest.raises(NotAllowedError, match="工作人员"):
        polls.vote(station.desk, poll, WANG, 0, community_code="C001")


@pytest.mark.parametrize("options", [["一个"], ["同", "同"], [f"{n}" for n in range(9)]])
def test_a_poll_needs_a_few_different_options(station: Station, options: list[str]) -> None:
    with pytest.raises(DomainError) as refused:
        poll_of(station, options=options)
    assert refused.value.field == "options"


def test_the_digest_tells_of_events_and_polls(station: Station) -> None:
    event, poll = event_of(station), poll_of(station)
    community_events.give(station.desk, event, openid=WANG, text="停电通知提前三天发")
    polls.vote(station.desk, poll, WANG, 1, community_code="C001")
    station.at("+6 11:00")
    opinions.send_last_month(station.desk)
    (message,) = station.told("deng", "opinion_digest")
    assert "活动「冬季用电进社区」收到 1 条" in message.payload["text"]
    assert "投票「检修停电放在哪天好？」：周日（1/1 票）" in message.payload["text"]


def test_another_scene_is_neither(station: Station) -> None:
    assert "棉纺一厂宿舍" in scans(station, "community_C001")
    assert "您好" in scans(station, "event_x")
    assert station.desk.session.scalar(sa.select(sa.func.count()).select_from(Ticket)) == 0
