"""进社区活动: a code on site leads to an opinion form; each who spoke is answered, results by event."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from handlers.customers import places
from handlers.desk import Desk
from handlers.errors import DomainError, NotFoundError, StateConflictError
from handlers.surveys import opinions, scopes
from handlers.surveys.models import CommunityEvent, EventOpinion
from handlers.surveys.scopes import Asked
from handlers.tickets.models import Category, State, Ticket
from handlers.tickets.opening import Wish, open_ticket
from handlers.tickets.opinions import topic_of

SCENE = "event_"
MAX_TITLE, MAX_PLACE, MAX_OPINION, ENOUGH = 60, 60, 1000, 4
LISTED = 100
ENDS_EARLY = "结束要晚于开始，也要晚于现在。"
OVER = "「{title}」已经结束了。还有意见可以直接发给公众号。"
NO_EVENT = "没有找到这个活动。"
MOST = 20  # of one person at one event: the form takes words of whoever holds its link
ENOUGH_SAID = "您在「{title}」已经提了不少意见，都收到了，谢谢。还有意见可以直接发给公众号。"
TOO_SHORT = "请写具体一点，比如哪里、什么事、希望怎么做。"


@dataclass(frozen=True, slots=True)
class Results:
    """What an event brought: suggestions by topic, what became of them, and each of them."""

    event: CommunityEvent
    topics: tuple[tuple[str, int], ...]
    adopted: int
    declined: int
    tickets: tuple[Ticket, ...]

    @property
    def waiting(self) -> int:
        return len(self.tickets) - self.adopted - self.declined


def create(
    desk: Desk,
    *,
    by: str,
    station_code: str,
    title: str,
    place: str,
    asked: Asked,
    starts_at: datetime,
    ends_at: datetime,
) -> CommunityEvent:
    """Announce an event of a station; raises DomainError that names what is missing."""
    event = CommunityEvent(
        station_code=station_code,
        title=scopes.text(title, "活动名称", MAX_TITLE, "title"),
        place=scopes.text(place, "地点", MAX_PLACE, "place"),
        community_codes=scopes.chosen(desk, station_code, asked),
        starts_at=starts_at,
        ends_at=scopes.later(ends_at, max(starts_at, desk.now), ENDS_EARLY, "ends_at"),
        created_by=by,
        created_at=desk.now,
    )
    desk.session.add(event)
    desk.session.flush()
    return event


def get(desk: Desk, event_id: int) -> CommunityEvent:
    event = desk.session.get(CommunityEvent, event_id)
    if event is None:
        raise NotFoundError(NO_EVENT)
    return event


def of_scene(desk: Desk, scene: str) -> CommunityEvent | None:
    """The event whose code was scanned."""
    number = scopes.number_of(scene, SCENE)
    return desk.session.get(CommunityEvent, number) if number is not None else None


def takes_opinions(desk: Desk, event: CommunityEvent) -> bool:
    """Until some days after its end: people think of things on the way home."""
    return desk.now <= event.ends_at + timedelta(days=desk.tables.surveys.event_days)


def give(desk: Desk, event: CommunityEvent, *, openid: str | None, text: str) -> Ticket:
    """Take down what somebody says at an event, once; raises DomainError for nothing or too late."""
    if not takes_opinions(desk, event):
        raise StateConflictError(OVER.format(title=event.title))
    words = text.strip()[:MAX_OPINION]
    if len(words) < ENOUGH:
        raise DomainError(TOO_SHORT, field="text")
    said = _said_by(desk, event, openid)
    if same := next((ticket for ticket in said if ticket.text == words), None):
        return same
    if len(said) >= MOST:
        raise DomainError(ENOUGH_SAID.format(title=event.title), field="text")
    home = places.known_place(desk, openid) if openid else None
    ticket, _ = open_ticket(
        desk,
        Wish(
            category=Category.SUGGESTION,
            text=words,
            intent="suggest",
            openid=openid,
            community_code=home.community_code if home else event.community_codes[0],
            fields={"topic": topic_of(words), "event": event.id},
            keeps_apart=True,
        ),
    )
    link(desk, ticket)
    return ticket


def _said_by(desk: Desk, event: CommunityEvent, openid: str | None) -> list[Ticket]:
    query = (
        sa.select(Ticket)
        .join(EventOpinion, EventOpinion.ticket_id == Ticket.id)
        .where(EventOpinion.event_id == event.id, Ticket.openid == openid)
    )
    return list(desk.session.scalars(query))


def link(desk: Desk, ticket: Ticket) -> None:
    """Tie a suggestion to the event it was made at, once."""
    event_id = ticket.fields.get("event")
    if event_id is None or desk.session.get(EventOpinion, ticket.id) is not None:
        return
    desk.session.add(EventOpinion(ticket_id=ticket.id, event_id=int(event_id)))
    desk.session.flush()


def of_station(
    desk: Desk, station_code: str | None, *, since: datetime | None = None
) -> list[CommunityEvent]:
    """The events of a station or of all, the newest first; with `since` those that ended later."""
    query = sa.select(CommunityEvent).order_by(CommunityEvent.starts_at.desc()).limit(LISTED)
    if station_code is not None:
        query = query.where(CommunityEvent.station_code == station_code)
    if since is not None:
        query = query.where(CommunityEvent.ends_at >= since)
    return list(desk.session.scalars(query))


def results(desk: Desk, event: CommunityEvent) -> Results:
    query = (
        sa.select(Ticket)
        .join(EventOpinion, EventOpinion.ticket_id == Ticket.id)
        .where(
            EventOpinion.event_id == event.id,
            Ticket.state.not_in((State.CANCELLED, State.MERGED)),
        )
        .order_by(Ticket.id)
    )
    tickets = tuple(desk.session.scalars(query))
    verdicts = [ticket.fields.get("is_adopted") for ticket in tickets]
    topics = Counter(opinions.topic(ticket) for ticket in tickets)
    return Results(
        event,
        tuple(topics.most_common()),
        verdicts.count(True),
        verdicts.count(False),
        tickets,
    )
