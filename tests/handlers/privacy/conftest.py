"""A resident with an account, a ticket of the past and one in work, pictures and messages."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from config.database import Database, blind
from handlers.customers.models import Binding, Customer, Resident
from handlers.desk import Desk
from handlers.tickets import links, service
from handlers.tickets.models import Category, Media, Ticket
from handlers.tickets.opening import Wish, open_ticket
from notifier.models import Channel
from notifier.outbox import Outgoing, put
from tests.support.desks import NOW, fill_registry, make_database, make_desk

OPENID, ACCOUNT, PHONE, NAME = "oWangFang", "3699246192", "19900002625", "王芳"
LONG_AGO = NOW - timedelta(days=2000)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = make_database(tmp_path)
    yield made
    made.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.scope() as opened:
        fill_registry(opened)
        opened.add(account(opened))
        resident = Resident(
            openid=OPENID, first_seen_at=NOW, last_seen_at=NOW, phone=PHONE, name=NAME
        )
        opened.add(resident)
        opened.flush()
        opened.add(Binding(openid=OPENID, customer_id=1, bound_at=NOW, consented_at=NOW))
        opened.flush()
        yield opened


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


def account(session: Session) -> Customer:
    return Customer(
        account_index=blind(session, ACCOUNT, "account"),
        account_number=ACCOUNT,
        account_tail=ACCOUNT[-4:],
        name=NAME,
        name_index=blind(session, NAME, "name"),
        community_code="C001",
        building="3",
        room="2单元501",
        area_code="TQ0001",
        tariff="tiered",
    )


def ticket(desk: Desk, *, at: datetime = NOW, is_over: bool = True, **changes: object) -> Ticket:
    """A ticket of 王芳, opened and closed at a time, with a picture, a link and a message."""
    made_at = make_desk(desk.session, now=at)
    wish = {
        "category": Category.FAULT,
        "text": f"我是{NAME}，3栋2单元501跳闸，电话{PHONE}",
        "openid": OPENID,
        "community_code": "C001",
        "building": "3",
        "room": "2单元501",
        "name": NAME,
        "phone": PHONE,
        "account_number": ACCOUNT,
        "keeps_apart": True,
    } | changes
    made, _ = open_ticket(made_at, Wish(**wish))
    if is_over:
        service.close(made_at, made, by="zhou", text=f"已和{NAME}确认")
    links.make(made_at, "ticket", made.number, openid=OPENID)
    desk.session.add(
        Media(
            ticket_id=made.id,
            openid=OPENID,
            kind="image",
            platform="official_account",
            media_id="m1",
            path=f"file{made.id}",
            state="kept",
            received_at=at,
        )
    )
    put(desk.session, [message(made)], now=at)
    desk.session.flush()
    return made


def message(made: Ticket) -> Outgoing:
    return Outgoing(
        channel=Channel.OFFICIAL_ACCOUNT,
        target=OPENID,
        kind="ticket_accept",
        payload={"text": f"{NAME}您好，师傅已接单"},
        key=f"{made.number}:told:{OPENID}",
    )
