"""One message for many tickets: what a person must hear, gathered."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from handlers.desk import Desk
from handlers.grid.models import Community, Staff
from handlers.tickets.models import Category, Priority, Ticket
from handlers.tickets.notices import URGENCY
from handlers.tickets.rules import CATEGORY_WORDS
from notifier.models import Channel
from notifier.outbox import NORMAL, Outgoing

MAX_LINES = 10
SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be said of a ticket or an outage; `mark` tells it from an earlier saying."""

    number: str
    title: str
    priority: str
    words: str
    mark: str
    ticket: Ticket | None = None


@dataclass(slots=True)
class Gathered:
    """The people of one timer's run and what each must hear."""

    people: dict[str, Staff] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))

    def add(self, person: Staff, line: Line) -> None:
        self.people[person.userid] = person
        self.lines[person.userid].append(line)

    def each(self) -> list[tuple[Staff, list[Line]]]:
        return [(self.people[userid], lines) for userid, lines in self.lines.items()]


def line_of(desk: Desk, ticket: Ticket, words: str, mark: str) -> Line:
    """A line about a ticket, headed `T2026… 停电报修 棉纺一厂宿舍`."""
    community = (
        desk.session.get(Community, ticket.community_code) if ticket.community_code else None
    )
    place = (community.name if community else ticket.place_text) or "地点待确认"
    title = f"{ticket.number} {CATEGORY_WORDS[Category(ticket.category)]} {place}"
    return Line(ticket.number, title, ticket.priority, words, mark, ticket)


def digest(desk: Desk, person: Staff, kind: str, lines: Sequence[Line]) -> Outgoing:
    """The message of a kind to one person about all these, the most urgent first."""
    ordered = sorted(lines, key=lambda line: (line.priority, line.number))
    marks = SEPARATOR.join(sorted(f"{line.number}{line.mark}" for line in ordered))
    words = {
        "count": len(ordered),
        "lines": [f"{one.title}：{one.words}" for one in ordered[:MAX_LINES]],
        "more": max(len(ordered) - MAX_LINES, 0),
        "first": ordered[0].number,
        "url": f"{desk.public_url}/console/",
    }
    is_one_ticket = len(ordered) == 1 and ordered[0].ticket is not None
    return Outgoing(
        channel=Channel.WECOM_APP,
        target=person.userid,
        kind=kind,
        payload={"text": desk.words.text(kind, "staff", words)},
        key=f"{kind}:{person.userid}:{sha256(marks.encode()).hexdigest()[:32]}",
        priority=URGENCY.get(Priority(ordered[0].priority), NORMAL),
        ticket_number=ordered[0].number if is_one_ticket else None,
    )
