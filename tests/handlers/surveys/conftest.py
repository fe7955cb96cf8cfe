"""A filled registry, a clock that moves, and ways to bring a ticket to its survey."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from handlers import reactions
from handlers.customers.models import Resident
from handlers.desk import Desk
from handlers.dialogue.turn import Door, Inbound, InboundKind, Turn
from handlers.surveys import dialogue, service
from handlers.surveys.models import Survey
from handlers.tickets import service as tickets
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish, open_ticket
from nlu.understanding import Request
from notifier.models import OutboxMessage
from tests.support.desks import NOW, fill_registry, make_database, make_desk

WANG = "openid-wang"


@dataclass
class Station:
    """One transaction at 城东站; every step is settled as a message's would be."""

    desk: Desk
    memories: dict[str, dict[str, Any]] = field(default_factory=dict)

    def at(self, clock: str) -> "Station":
        """Move to a time of NOW's day, or of a later one: `21:30`, `+1 08:00`."""
        days, _, hour = clock.rpartition(" ")
        day = NOW + timedelta(days=int(days or 0))
        moved = datetime.fromisoformat(f"{day:%Y-%m-%d}T{hour}").replace(tzinfo=NOW.tzinfo)
        return self.moved_to(moved)

    def later(self, **span: float) -> "Station":
        return self.moved_to(self.desk.now + timedelta(**span))

    def moved_to(self, moment: datetime) -> "Station":
        self.desk.now = moment
        service.send_due(self.desk)
        self.settle()
        return self

    def reports(self, category: str = "outage", **facts: Any) -> Ticket:
        wish = {"openid": WANG, "community_code": "C001", "keeps_apart": True} | facts
        ticket, _ = open_ticket(self.desk, Wish(Category(category), "家里没电了", **wish))
        self.settle()
        return ticket

    def resolves(self, ticket: Ticket, by: str = "zhou") -> Ticket:
        tickets.resolve(self.desk, ticket, by=by, text="已换保险，恢复供电")
        self.settle()
        return ticket

    def says(self, text: str, openid: str = WANG, intent: str = "rate_service") -> str:
        """What the bot answers to a resident; empty where it is no answer to a survey."""
        key = f"{openid}{self.desk.now}{text}"
        came = Inbound(Door.OFFICIAL_ACCOUNT, openid, key, InboundKind.TEXT, self.desk.now, text)
        memory = self.memories.setdefault(openid, {})
        turn = Turn(came, Request(intent, 1.0, text), self.desk.now, memory, is_fresh=True)
        reply = dialogue.take_answer(turn, self.desk)
        self.settle()
        return reply.render() if reply is not None else ""

    def survey(self, ticket: Ticket) -> Survey | None:
        return service.of_ticket(self.desk.session, ticket.id)

    def asked(self, ticket: Ticket) -> list[str]:
        """The survey messages about a ticket, the text of each."""
        query = sa.select(OutboxMessage).where(
            OutboxMessage.ticket_number == ticket.number,
            OutboxMessage.kind.in_(["survey", "survey_reminder"]),
        )
        return [row.payload["text"] for row in self.desk.session.scalars(query)]

    def children(self, ticket: Ticket) -> list[Ticket]:
        query = sa.select(Ticket).where(Ticket.parent_id == ticket.id)
        return list(self.desk.session.scalars(query.order_by(Ticket.id)))

    def told(self, userid: str, kind: str) -> list[OutboxMessage]:
        query = sa.select(OutboxMessage).where(
            OutboxMessage.target == userid, OutboxMessage.kind == kind
        )
        return list(self.desk.session.scalars(query))

    def settle(self) -> None:
        reactions.settle(self.desk)
        self.desk.session.flush()


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """Wednesday, ten o'clock; a resident who follows the account."""
    database = make_database(tmp_path)
    with database.scope() as session:
        fill_registry(session)
        session.add(Resident(openid=WANG, first_seen_at=NOW, last_seen_at=NOW))
        yield Station(make_desk(session))
    database.close()


@pytest.fixture
def done(station: Station) -> Callable[..., Ticket]:
    """A ticket that is 办结: `done("billing")`."""

    def make(category: str = "outage", **facts: Any) -> Ticket:
        return station.resolves(station.reports(category, **facts))

    return make
