"""The console as a browser sees it: a real application on SQLite, staff of two stations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis as redis_client
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot import models as _every_table  # noqa: F401 - known to Base before the tables are made
from bot.app import create_app
from bot.conversation.engine import ConversationEngine
from bot.conversation.registry import Registry
from bot.desks import Desks
from bot.parts import Parts
from config.clock import Clock
from config.settings import Settings
from handlers.grid.models import Grid, Staff, Station
from handlers.tickets import opening
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish
from notifier.delivery import Delivery
from tests.support.desks import NOW, TABLES, WORDS, fill_registry, make_database

ANYTHING: Any = None
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """A signed-in person's browser; forms carry the token of the page they stand on."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.client.get(f"/console{path}", **kwargs)

    def post(self, path: str, **fields: Any) -> TestResponse:
        if not self.token:
            self.token = TOKEN.search(self.get("/me").text)[1]
        return self.client.post(f"/console{path}", data={"csrf_token": self.token} | fields)


@pytest.fixture
def parts(tmp_path: Path, redis: redis_client.Redis) -> Iterator[Parts]:
    settings = Settings.from_env(
        {
            "GRIDBOT_PUBLIC_URL": "http://localhost",
            "GRIDBOT_SECRET_KEY": "test-secret-key-0000",
            "GRIDBOT_FIELD_KEY": "test-key-000000000",
            "GRIDBOT_DATA_DIR": str(tmp_path),
        }
    )
    database = make_database(tmp_path)
    clock, registry = Clock(source=lambda: NOW), Registry(database)
    with database.scope() as session:
        fill_registry(session)
        _another_station(session)
    desks = Desks(TABLES, clock, registry.gazetteer, WORDS, settings.public_url, None)
    made = Parts(
        settings=settings,
        clock=clock,
        database=database,
        redis=redis,
        tables=TABLES,
        registry=registry,
        desks=desks,
        nlu=ANYTHING,
        engine=ConversationEngine(database, desks, registry, ANYTHING, {}, clock, lambda: None),
        wechat=None,
        wecom=None,
        wechat_oauth=None,
        wecom_oauth=None,
        oidc=None,
        delivery=Delivery(database, {}, TABLES.channels, clock),
        nudge=lambda: None,
    )
    yield made
    database.close()


@pytest.fixture
def app(parts: Parts) -> Flask:
    made = create_app(parts)
    made.testing = True
    return made


@pytest.fixture
def browser(app: Flask):
    """A browser of a member of staff, by userid: `browser("zhou")`."""

    def open_as(userid: str) -> Browser:
        client = app.test_client()
        with client.session_transaction() as session:
            session["userid"] = userid
            session["since"] = datetime.now(UTC).timestamp()
        return Browser(client)

    return open_as


@pytest.fixture
def ticket(parts: Parts) -> str:
    """The number of an outage report of 棉纺一厂宿舍, with 周志强."""
    return open_ticket(parts)


def open_ticket(parts: Parts, **changes: Any) -> str:
    wish = {
        "category": Category.OUTAGE,
        "text": "家里没电了，电话19900002625",
        "openid": "openid-wang",
        "community_code": "C001",
        "building": "3",
        "room": "2单元501",
        "name": "王芳",
        "phone": "19900002625",
        "account_number": "3600012345678",
    } | changes
    with parts.working() as desk:
        made, _ = opening.open_ticket(desk, Wish(**wish))
        return made.number


def read(parts: Parts, number: str) -> Ticket:
    with parts.database.reading() as session:
        found = session.query(Ticket).filter_by(number=number).one()
        session.expunge_all()
        return found


def _another_station(session: Any) -> None:
    session.add(
        Station(
            station_code="CX",
            name="城西供电服务站",
            address="浔江市建设西路1号",
            phone="19900004255",
            duty_phone="19900003872",
            hall_hours="08:30-17:30",
        )
    )
    session.flush()
    session.add(Grid(grid_code="CX01", station_code="CX", name="化纤网格", household_limit=10000))
    for userid, role in (("luo", "customer_manager"), ("qiu", "station_head")):
        session.add(
            Staff(
                userid=userid,
                name=userid,
                phone="19900000000",
                role=role,
                station_code="CX",
                safety_trained=True,
                is_active=True,
            )
        )
    session.flush()
