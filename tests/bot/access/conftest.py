"""The whole web application over a small registry, with every platform set up and no network."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot import models, wiring
from bot.access import apikeys
from bot.access.passwords import set_password
from bot.app import create_app
from bot.demo_setup import Keys, demo_settings
from bot.parts import Parts
from config import tables as business_tables
from config.clock import Clock
from config.database import blind
from config.redis import EmbeddedRedis
from config.settings import Settings
from config.tables import Tables
from handlers.customers.models import Binding, Customer, Resident
from handlers.grid.models import Staff
from handlers.tickets import links
from handlers.tickets.models import Category
from handlers.tickets.opening import Wish, open_ticket
from nlu import local
from nlu.understanding import Engine
from tests.support.desks import NOW, fill_registry

on_both = pytest.mark.parametrize(
    "parts", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
KEYS = Keys(
    "test-secret-key-00",
    "test-field-key-000",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "bcdefghijklmnopqrstuvwxyz0123456789ABCDEFGc",
    "cdefghijklmnopqrstuvwxyz0123456789ABCDEFGHg",
)
OPENID, PHONE, NAME, ROOM = "oWangFang", "19900002625", "王芳", "2单元501"
ACCOUNT = "3699246192"
PASSWORD = "correct horse battery"
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return demo_settings(tmp_path, "http://127.0.0.1:9", KEYS)


@pytest.fixture(scope="session")
def tables() -> Tables:
    """Read once: nothing changes them."""
    return business_tables.load()


@pytest.fixture(scope="session")
def engine() -> Engine:
    return local.load()


@pytest.fixture(scope="session")
def password_hash() -> str:
    someone = Staff(userid="x", name="x", phone="", role="admin")
    set_password(someone, PASSWORD)
    return someone.password_hash or ""


@pytest.fixture
def parts(
    request: pytest.FixtureRequest,
    settings: Settings,
    redis_process: EmbeddedRedis,
    monkeypatch: pytest.MonkeyPatch,
    tables: Tables,
    engine: Engine,
    password_hash: str,
) -> Iterator[Parts]:
    """The product's parts on SQLite; with `on_both`, on PostgreSQL too."""
    kind = getattr(request, "param", "sqlite")
    address = request.getfixturevalue("postgres_url") if kind == "postgres" else ""
    socket = f"unix://{redis_process.socket}"
    wanted = settings.model_copy(update={"database_url": address, "redis_url": socket})
    monkeypatch.setattr(business_tables, "load", lambda _: tables)
    monkeypatch.setattr(wiring, "understanding", lambda _: engine)
    made = wiring.build(wanted, clock=Clock(source=lambda: NOW))
    models.metadata.create_all(made.database.engine)
    with made.database.scope() as session:
        fill_registry(session)
        _someone(session)
        for staff in session.query(Staff):
            if staff.userid in {"zhou", "command"}:
                staff.password_hash = password_hash
    yield made
    made.delivery.close()
    made.redis.close()
    made.database.close()


def _someone(session: Any) -> None:
    session.add(
        Customer(
            account_index=blind(session, ACCOUNT, "account"),
            account_number=ACCOUNT,
            account_tail=ACCOUNT[-4:],
            name=NAME,
            name_index=blind(session, NAME, "name"),
            phone=PHONE,
            phone_index=blind(session, PHONE, "phone"),
            community_code="C001",
            building="3",
            room=ROOM,
            area_code="TQ0001",
            tariff="tiered",
        )
    )
    session.add(Resident(openid=OPENID, first_seen_at=NOW, last_seen_at=NOW, phone=PHONE))
    session.flush()
    session.add(Binding(openid=OPENID, customer_id=1, bound_at=NOW, consented_at=NOW))


@pytest.fixture
def app(parts: Parts) -> Flask:
    made = create_app(parts)
    made.testing = True
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], FlaskClient]:
    """A browser of a member of staff; `ago` is how old its session is."""

    def open_as(userid: str, *, ago: timedelta = timedelta()) -> FlaskClient:
        made = app.test_client()
        with made.session_transaction() as session:
            session["userid"] = userid
            session["since"] = (datetime.now(UTC) - ago).timestamp()
        return made

    return open_as


@pytest.fixture
def ticket(parts: Parts) -> str:
    """The number of 王芳's report."""
    with parts.working() as desk:
        made, _ = open_ticket(
            desk,
            Wish(
                category=Category.FAULT,
                text=f"家里跳闸，电话{PHONE}",
                openid=OPENID,
                community_code="C001",
                building="3",
                room=ROOM,
                name=NAME,
                phone=PHONE,
                account_number=ACCOUNT,
            ),
        )
        return made.number


@pytest.fixture
def link(parts: Parts) -> Callable[..., str]:
    """The path of a short link: `link("ticket", number)`."""

    def make(purpose: str, record: str, *, openid: str | None = OPENID) -> str:
        with parts.working() as desk:
            address = links.make(desk, purpose, record, openid=openid)
        return address.removeprefix(parts.settings.public_url)

    return make


@pytest.fixture
def key(parts: Parts) -> Callable[..., dict[str, str]]:
    """Headers with a fresh API key: `key("tickets:read")`."""

    def make(*scopes: str) -> dict[str, str]:
        name = "+".join(scopes) or "usual"
        with parts.working() as desk:
            made = apikeys.add(desk.session, name, list(scopes) or None, now=desk.now)
        return {"Authorization": f"Bearer {made}"}

    return make


def sign_in(client: FlaskClient, userid: str, password: str, **more: str) -> Any:
    token = TOKEN.search(client.get("/console/login").text)[1]
    form = {"csrf_token": token, "username": userid, "password": password} | more
    return client.post("/console/login", data=form)
