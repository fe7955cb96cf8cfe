"""Whole talks replayed from played_talks.toml, in process: what is said, and what is opened."""

import shutil
import tomllib
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import log, wiring
from bot.demo_setup import demo_settings
from bot.parts import Parts
from handlers.dialogue.turn import Door, Inbound, InboundKind
from handlers.tickets.models import Ticket
from tests.support.product import KEYS, MORNING, clock_at

TALKS = tomllib.loads(Path(__file__).with_name("played_talks.toml").read_text(encoding="utf-8"))[
    "talk"
]
KEY = count()


@pytest.fixture(scope="module")
def parts(city_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    folder = tmp_path_factory.mktemp("talks")
    shutil.copy(city_file, folder / city_file.name)
    log.configure("ERROR")
    made = wiring.build(demo_settings(folder, "http://127.0.0.1:9", KEYS), clock=clock_at(MORNING))
    yield made
    made.delivery.close()
    made.redis.close()
    made.database.close()


def said(parts: Parts, user: str, text: str, door: Door = Door.OFFICIAL_ACCOUNT) -> str:
    key = f"played{next(KEY)}"
    inbound = Inbound(door, user, key, InboundKind.TEXT, parts.clock.now(), text=text)
    return parts.engine.respond(inbound).render()


def opened(parts: Parts, users: str) -> list[Ticket]:
    with parts.database.reading() as session:
        query = sa.select(Ticket).where(Ticket.openid.like(f"{users}%")).order_by(Ticket.id)
        found = list(session.scalars(query))
        session.expunge_all()
    return found


@pytest.mark.parametrize("number", range(len(TALKS)), ids=[talk["name"] for talk in TALKS])
def test_a_talk_goes_as_it_should(parts: Parts, number: int):
    talk: dict[str, Any] = TALKS[number]
    users = f"oPlayed{number:02d}-"
    for line in talk["lines"]:
        reply = said(parts, f"{users}{line.get('who', 'a')}", line["text"])
        wrong = [word for word in line.get("says", []) if word not in reply]
        wrong += [f"not {word}" for word in line.get("not", []) if word in reply]
        assert not wrong, f"{line['text']} → {wrong}\n{reply}"
    found = opened(parts, users)
    told = [f"{t.openid[-1]} {t.category}/{t.priority} {t.grid_code}" for t in found]
    assert told == talk["tickets"]


def test_a_talk_that_is_taken_over_comes_with_its_lines(parts: Parts):
    said(parts, "oTaken", "教师新村3栋2单元302没电，电话19900003456")
    said(parts, "oTaken", "我家老人在家，麻烦快一点")
    (ticket,) = opened(parts, "oTaken")
    reply = said(parts, str(ticket.assignee_userid), f"接管 {ticket.number}", Door.WECOM_APP)
    for word in ("已接管", "教师新村3栋2单元302", "19900003456", "住户：我家老人在家", "正等他答"):
        assert word in reply, reply


def test_who_reports_in_confidence_is_not_handed_over(parts: Parts):
    said(parts, "oTip", "举报阳光花园2栋一楼麻将馆偷电 绕开电表")
    (ticket,) = opened(parts, "oTip")
    reply = said(parts, str(ticket.assignee_userid), f"接管 {ticket.number}", Door.WECOM_APP)
    assert "最近的话" not in reply
