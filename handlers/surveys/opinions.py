"""Suggestions: answered 已采纳 or 未采纳 to each who made one, and summed up monthly by topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

import sqlalchemy as sa

from config.clock import CHINA
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid import queries as grid
from handlers.grid.models import Role, Staff, Station
from handlers.surveys import gathered
from handlers.tickets import service
from handlers.tickets.models import Category, State, Ticket
from handlers.tickets.opinions import topic_of
from handlers.tickets.queries import is_active
from notifier.models import Channel
from notifier.outbox import Outgoing, put

ADOPTED, DECLINED = "已采纳", "未采纳"
KIND = "opinion_digest"
DROPPED = (State.CANCELLED, State.MERGED)
NO_REASON = "请写上怎么采纳的，或为什么没有采纳；提建议的人会看到。"


@dataclass(frozen=True, slots=True)
class Topic:
    """The suggestions of a month about one of the seed's topics."""

    topic: str
    count: int
    adopted: int
    declined: int

    @property
    def waiting(self) -> int:
        return self.count - self.adopted - self.declined


@dataclass(frozen=True, slots=True)
class Digest:
    """A month's suggestions; `events`: title and opinions, `polls` that closed: question and winner."""

    month: str
    topics: tuple[Topic, ...]
    tickets: tuple[Ticket, ...]
    events: tuple[tuple[str, int], ...] = ()
    polls: tuple[tuple[str, str], ...] = ()

    def total(self, what: str) -> int:
        return sum(getattr(topic, what) for topic in self.topics)


def answer(
    desk: Desk, numbers: Sequence[str], *, by: str, is_adopted: bool, text: str
) -> list[Ticket]:
    """Decide about suggestions that say the same; each who made one is told. All of them or none."""
    words = text.strip()
    if not words:
        raise DomainError(NO_REASON, field="text")
    answered = []
    for number in numbers:
        ticket = service.get(desk, number)
        if ticket.category != Category.SUGGESTION:
            raise DomainError(f"{ticket.number} 不是建议。", field="number")
        ticket.fields = {**ticket.fields, "is_adopted": is_adopted}
        verdict = ADOPTED if is_adopted else DECLINED
        service.resolve(desk, ticket, by=by, text=f"您的建议{verdict}：{words}")
        answered.append(ticket)
    return answered


def waiting(desk: Desk, station_code: str | None = None) -> dict[str, list[Ticket]]:
    """Suggestions nobody has answered, by topic, for the page that answers them."""
    query = sa.select(Ticket).where(Ticket.category == Category.SUGGESTION, is_active())
    if station_code is not None:
        query = query.where(Ticket.station_code == station_code)
    found: dict[str, list[Ticket]] = {}
    for ticket in desk.session.scalars(query.order_by(Ticket.id)):
        found.setdefault(topic(ticket), []).append(ticket)
    return found


def topic(ticket: Ticket) -> str:
    """The appeal topic: as taken down, else by the words."""
    return str(ticket.fields.get("topic") or topic_of(ticket.text))


def digest(desk: Desk, year: int, month: int, station_code: str | None = None) -> Digest:
    """The suggestions made in a month and what became of them."""
    begins = datetime.combine(datetime(year, month, 1).date(), time(), CHINA)  # noqa: DTZ001 - a date
    ends = begins.replace(year=year + month // 12, month=month % 12 + 1)
    query = sa.select(Ticket).where(
        Ticket.category == Category.SUGGESTION,
        Ticket.created_at >= begins,
        Ticket.created_at < ends,
        Ticket.state.not_in(DROPPED),
    )
    if station_code is not None:
        query = query.where(Ticket.station_code == station_code)
    tickets = tuple(desk.session.scalars(query.order_by(Ticket.id)))
    verdicts: dict[str, list[bool | None]] = {}
    for ticket in tickets:
        verdicts.setdefault(topic(ticket), []).append(ticket.fields.get("is_adopted"))
    topics = [
        Topic(name, len(found), found.count(True), found.count(False))
        for name, found in verdicts.items()
    ]
    topics.sort(key=lambda one: (-one.count, one.topic))
    return Digest(
        f"{year}年{month}月",
        tuple(topics),
        tickets,
        gathered.events(desk, begins, ends, station_code),
        gathered.polls(desk, begins, ends, station_code),
    )


def send_digest(desk: Desk, year: int, month: int) -> int:
    """To each station's leaders and the command centre, once a month; returns how many."""
    stations: list[tuple[str | None, str, list[Staff]]] = [
        (None, "全部服务站", grid.command_center(desk.session))
    ]
    for station in desk.session.scalars(sa.select(Station).order_by(Station.station_code)):
        code = station.station_code
        leaders = grid.station_staff(desk.session, code, Role.STATION_HEAD)
        leaders += grid.station_staff(desk.session, code, Role.TEAM_LEADER)
        stations.append((code, station.name, leaders))
    messages = []
    for station_code, name, people in stations:
        found = digest(desk, year, month, station_code)
        if found.topics or found.events or found.polls:
            words = _words(desk, found, name)
            messages += [_message(person, words, found.month) for person in people]
    return put(desk.session, messages, now=desk.now)


def send_last_month(desk: Desk) -> int:
    """Last month's digest, from the first working morning on; the keys keep it to once."""
    calendar = desk.tables.calendar
    if (
        not calendar.is_working_day(desk.now.date())
        or desk.now.hour < desk.tables.surveys.other_hour
    ):
        return 0
    year, month = divmod(desk.now.year * 12 + desk.now.month - 2, 12)
    return send_digest(desk, year, month + 1)


def _words(desk: Desk, found: Digest, place: str) -> str:
    facts = {
        "place": place,
        "month": found.month,
        "count": found.total("count"),
        "adopted": found.total("adopted"),
        "declined": found.total("declined"),
        "waiting": found.total("waiting"),
        "topics": found.topics,
        "events": found.events,
        "polls": found.polls,
        "link": f"{desk.public_url}/console/opinions",
    }
    return desk.words.text(KIND, "staff", facts).strip()


def _message(person: Staff, words: str, month: str) -> Outgoing:
    return Outgoing(
        channel=Channel.WECOM_APP,
        target=person.userid,
        kind=KIND,
        payload={"text": words},
        key=f"{KIND}:{month}:{person.userid}",
    )
