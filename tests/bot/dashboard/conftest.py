"""The dashboard as a browser sees it: some tickets with marks, counted, and people of two stations."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from bot import chores
from bot.parts import Parts
from handlers.surveys import service as surveys
from handlers.surveys.rules import Mark
from handlers.tickets import service
from tests.bot.console import conftest as console
from tests.bot.console.conftest import open_ticket

parts, app, browser = console.parts, console.app, console.browser

BEST = 5
DANGEROUS = "=HYPERLINK(1)"


@pytest.fixture
def as_person(browser: Callable[[str], Any]) -> Callable[[str], FlaskClient]:
    """A signed-in person's client, by userid."""
    return lambda userid: browser(userid).client


@pytest.fixture
def numbers(parts: Parts) -> list[str]:
    """An open outage, a solved one with five points, one with a bad mark, one of no station."""
    made = [
        open_ticket(parts, openid=f"openid-{n}", building=str(n), account_number=f"369924619{n}")
        for n in range(1, 4)
    ]
    made.append(open_ticket(parts, community_code=None, place_text=DANGEROUS, openid="openid-x"))
    for number, score in ((made[1], 5), (made[2], 1)):
        with parts.working() as desk:
            ticket = service.get(desk, number)
            service.arrive(desk, ticket, by="zhou")
            service.resolve(desk, ticket, by="zhou", text="已恢复")
        with parts.working() as desk:
            ticket = service.get(desk, number)
            survey = surveys.of_ticket(desk.session, ticket.id)
            surveys.send(desk, survey)
            surveys.answer(desk, survey, Mark(score, score == BEST), comment=None, came_from="h5")
    chores.count_figures(parts)
    return made


@pytest.fixture
def supervised(parts: Parts, numbers: list[str]) -> str:
    """A case under 督办."""
    with parts.working() as desk:
        ticket = service.get(desk, numbers[0])
        ticket.is_supervised = True
    return numbers[0]


__all__ = ["app", "as_person", "browser", "numbers", "parts", "supervised"]
