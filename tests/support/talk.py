"""A resident's or a group's messages, as understanding would hand them in to a route."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from handlers.customers import window
from handlers.desk import Desk
from handlers.dialogue.turn import Door, Inbound, InboundKind, Reply, Turn
from handlers.routes import ROUTES, Route
from handlers.tickets.models import Ticket
from nlu.understanding import Entity, Request
from tests.support.desks import NOW


@dataclass
class Talk:
    """One person's talk; entities are given by name: `says("装桩", community="莲溪村")`.

    A message with an intent starts that wish; one without answers the open question, or starts
    the talk's own intent where none is open.
    """

    desk: Desk
    intent: str = ""
    openid: str = "o1"
    door: Door = Door.OFFICIAL_ACCOUNT
    chat_id: str = ""
    route: Route | None = None  # None: the way of the intent
    memory: dict[str, Any] = field(default_factory=dict)
    count: int = 0

    def wants(self, intent: str) -> "Talk":
        self.intent = intent
        return self

    def says(self, text: str, intent: str = "", **entities: str) -> Reply:
        self.count += 1
        open_form = self.memory.get("form", {})
        is_fresh = bool(intent) or not open_form
        intent = intent or open_form.get("intent") or self.intent
        came = arrival(self.openid, text, number=self.count, door=self.door, chat_id=self.chat_id)
        named = tuple(Entity(name, value, 0, 0) for name, value in entities.items())
        meaning = Request(intent, 1.0, text, named)
        turn = Turn(came, meaning, self.desk.now, self.memory, is_fresh)
        return (self.route or ROUTES[intent])(turn, self.desk)

    def tickets(self) -> list[Ticket]:
        query = sa.select(Ticket).where(Ticket.openid == self.openid).order_by(Ticket.id)
        return list(self.desk.session.scalars(query))

    @property
    def ticket(self) -> Ticket:
        (only,) = self.tickets()
        return only


def arrival(
    openid: str,
    text: str = "",
    *,
    number: int = 0,
    door: Door = Door.OFFICIAL_ACCOUNT,
    chat_id: str = "",
    event: str = "",
    **more: Any,
) -> Inbound:
    """A message, or an event where one is named, of ten o'clock unless `at` is given."""
    kind = InboundKind.EVENT if event else InboundKind.TEXT
    facts = {"at": NOW} | more
    key = f"{openid}{text}{number}"
    return Inbound(door, openid, key, kind, text=text, chat_id=chat_id, event=event, **facts)


def seen(desk: Desk, inbound: Inbound) -> None:
    """What opening the turn of this message writes of its writer."""
    entry = window.entry(desk, inbound)
    if entry is not None:
        is_sqlite = desk.session.get_bind().dialect.name == "sqlite"
        insert = sqlite.insert if is_sqlite else postgresql.insert
        desk.session.execute(window.entered(insert), entry)
