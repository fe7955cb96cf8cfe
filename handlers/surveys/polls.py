"""居民投票: a question to some communities, one vote a person, counts shown when it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.customers import places
from handlers.customers.models import Resident
from handlers.desk import Desk
from handlers.errors import DomainError, NotAllowedError, NotFoundError, StateConflictError
from handlers.surveys import anomalies, scopes
from handlers.surveys.models import Poll, PollVote
from handlers.surveys.scopes import Asked

SCENE = "poll_"
MAX_QUESTION, MAX_OPTION = 100, 30
FEWEST, MOST = 2, 8
LISTED = 100
CLOSES_EARLY = "截止时间要晚于现在。"
OPTIONS = f"请写 {FEWEST} 到 {MOST} 个不同的选项，一行一个。"
NO_POLL = "没有找到这个投票。"
NO_CHOICE = "请点一个选项。"
CLOSED = "投票已经截止了，结果在这一页可以看。"
VOTED = "您已经投过了，一人一票，谢谢。"
ELSEWHERE = "这个投票是给{places}的住户的，您登记的住处不在里面。"
UNKNOWN_HOME = "请先选您住在哪个小区。"
STAFF = "这是给住户的投票，工作人员不投。"


@dataclass(frozen=True, slots=True)
class Count:
    """An option, its votes, and its share of all votes."""

    option: str
    votes: int
    share: float


def create(
    desk: Desk,
    *,
    by: str,
    station_code: str,
    question: str,
    options: Sequence[str],
    asked: Asked,
    closes_at: datetime,
) -> Poll:
    """Ask the people of some communities; raises DomainError that names what is missing."""
    told = [one.strip() for one in options if one.strip()]
    if not FEWEST <= len(told) <= MOST or len(set(told)) != len(told):
        raise DomainError(OPTIONS, field="options")
    poll = Poll(
        station_code=station_code,
        question=scopes.text(question, "问题", MAX_QUESTION, "question"),
        options=[scopes.text(one, "选项", MAX_OPTION, "options") for one in told],
        community_codes=scopes.chosen(desk, station_code, asked),
        closes_at=scopes.later(closes_at, desk.now, CLOSES_EARLY, "closes_at"),
        created_by=by,
        created_at=desk.now,
    )
    desk.session.add(poll)
    desk.session.flush()
    return poll


def get(desk: Desk, poll_id: int) -> Poll:
    poll = desk.session.get(Poll, poll_id)
    if poll is None:
        raise NotFoundError(NO_POLL)
    return poll


def of_scene(desk: Desk, scene: str) -> Poll | None:
    """The poll whose code was scanned."""
    number = scopes.number_of(scene, SCENE)
    return desk.session.get(Poll, number) if number is not None else None


def is_closed(desk: Desk, poll: Poll) -> bool:
    return desk.now >= poll.closes_at


def vote(desk: Desk, poll: Poll, openid: str, choice: int, *, community_code: str = "") -> None:
    """Count a vote of a resident of the poll's communities; raises DomainError why it cannot be.

    `community_code` is where someone says to live of whom we do not know it.
    """
    if is_closed(desk, poll):
        raise StateConflictError(CLOSED)
    if has_voted(desk.session, poll, openid):
        raise StateConflictError(VOTED)
    if not 0 <= choice < len(poll.options):
        raise DomainError(NO_CHOICE, field="choice")
    _require_resident(desk, poll, openid, community_code)
    desk.session.add(
        PollVote(poll_id=poll.id, voter=_voter(poll, openid), choice=choice, voted_at=desk.now)
    )
    desk.session.flush()


def has_voted(session: Session, poll: Poll, openid: str) -> bool:
    return session.get(PollVote, (poll.id, _voter(poll, openid))) is not None


def voters(session: Session, poll: Poll) -> int:
    """How many have voted; all that is told before the end, so that nobody votes with the crowd."""
    query = sa.select(sa.func.count()).where(PollVote.poll_id == poll.id)
    return session.scalar(query) or 0


def results(desk: Desk, poll: Poll) -> list[Count]:
    """The counts in the order of the options; empty while the poll is open."""
    if not is_closed(desk, poll):
        return []
    query = (
        sa.select(PollVote.choice, sa.func.count())
        .where(PollVote.poll_id == poll.id)
        .group_by(PollVote.choice)
    )
    counts: dict[int, int] = {row[0]: row[1] for row in desk.session.execute(query)}
    total = sum(counts.values())
    return [
        Count(option, counts.get(n, 0), counts.get(n, 0) / total if total else 0.0)
        for n, option in enumerate(poll.options)
    ]


def of_station(
    desk: Desk,
    station_code: str | None,
    *,
    closed_from: datetime | None = None,
    closed_to: datetime | None = None,
) -> list[Poll]:
    """The polls of a station or of all, the newest first; those that closed in a time."""
    query = sa.select(Poll).order_by(Poll.id.desc()).limit(LISTED)
    if station_code is not None:
        query = query.where(Poll.station_code == station_code)
    if closed_from is not None:
        query = query.where(Poll.closes_at >= closed_from)
    if closed_to is not None:
        query = query.where(Poll.closes_at < closed_to)
    return list(desk.session.scalars(query))


def home_in(desk: Desk, poll: Poll, openid: str) -> str | None:
    """The community of the poll in which a resident is known to live."""
    home = places.known_place(desk, openid)
    code = home.community_code if home else None
    return code if code in poll.community_codes else None


def _require_resident(desk: Desk, poll: Poll, openid: str, told: str) -> None:
    resident = desk.session.get(Resident, openid)
    if resident is not None and resident.phone_index in anomalies.staff_phones(desk):
        raise NotAllowedError(STAFF)
    home = places.known_place(desk, openid)
    if home is not None and home.community_code not in poll.community_codes:
        where = "、".join(scopes.names(desk.session, poll.community_codes))
        raise NotAllowedError(ELSEWHERE.format(places=where))
    if home is None:
        if told not in poll.community_codes:
            raise DomainError(UNKNOWN_HOME, field="community")
        places.remember_place(desk, openid, told)


def _voter(poll: Poll, openid: str) -> str:
    """A fingerprint that is another in each poll; openids are too many to be tried out."""
    return sha256(f"{poll.id}:{openid}".encode()).hexdigest()
