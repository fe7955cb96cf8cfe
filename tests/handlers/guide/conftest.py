"""Residents who say something to a route."""

from collections.abc import Callable
from typing import Any

import pytest

from handlers.customers.models import Resident
from handlers.desk import Desk
from handlers.dialogue.turn import Door, Inbound, InboundKind, Reply, Turn
from handlers.routes import ROUTES
from nlu.understanding import Entity, Request
from tests.support.desks import NOW

Says = Callable[..., Reply]


@pytest.fixture
def memory() -> dict[str, Any]:
    return {}


@pytest.fixture
def says(desk: Desk, memory: dict[str, Any]) -> Says:
    """`says("ask_guide", "过户要什么材料", service="transfer")`; memory lasts for the test."""
    count = iter(range(100))

    def say(
        intent: str, text: str, *, fresh: bool = True, chat_id: str = "", **named: str
    ) -> Reply:
        key = f"m{next(count)}"
        inbound = Inbound(
            Door.OFFICIAL_ACCOUNT, "wang", key, InboundKind.TEXT, NOW, text=text, chat_id=chat_id
        )
        entities = tuple(Entity(name, value, 0, 0) for name, value in named.items())
        meaning = Request(intent, 1.0, text, entities)
        return ROUTES[intent](Turn(inbound, meaning, desk.now, memory, fresh), desk)

    return say


@pytest.fixture
def elder(desk: Desk) -> Resident:
    resident = Resident(openid="wang", first_seen_at=NOW, last_seen_at=NOW, is_elder_mode=True)
    desk.session.add(resident)
    desk.session.flush()
    return resident
