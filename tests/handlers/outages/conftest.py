"""城东站 with two communities, and the hands that plan, publish and deliver."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from config.database import Database, blind
from handlers.customers.models import Binding, Customer, Resident
from handlers.desk import Desk
from handlers.grid.models import CommunityGroup
from handlers.outages import service, timers
from handlers.outages.models import Outage
from notifier.models import OutboxMessage, OutboxState
from tests.support.desks import fill_registry, make_desk


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """A desk over 城东站 on a Wednesday at 10:00."""
    with database.scope() as session:
        fill_registry(session)
        yield make_desk(session)


def columns(desk: Desk, kind: str = "planned", **facts: Any) -> dict[str, Any]:
    """What is asked for: a planned outage of TQ0001 in ten days, from nine to three."""
    starts_at = desk.now.replace(hour=9) + timedelta(days=10)
    if kind == "fault":
        starts_at = desk.now - timedelta(minutes=10)
    raw = {
        "kind": kind,
        "area_codes": ["TQ0001"],
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=6),
        "reason": "更换变压器",
    }
    return raw | facts


@pytest.fixture
def published(desk: Desk) -> Callable[..., Outage]:
    """Publish an outage: `published("fault", area_codes=["TQ0003"])`."""

    def publish_one(kind: str = "planned", **facts: Any) -> Outage:
        outage, _ = service.draft(desk, columns(desk, kind, **facts), by="deng")
        service.publish(desk, outage, by="command")
        return outage

    return publish_one


def customer(
    desk: Desk, account: str, *, area: str = "TQ0001", community: str = "C001", building: str = "1"
) -> Customer:
    """An account holder; the last digit of the account makes the phone."""
    row = Customer(
        account_index=blind(desk.session, account, "account"),
        account_number=account,
        account_tail=account[-4:],
        name="王芳",
        name_index=blind(desk.session, "王芳", "name"),
        community_code=community,
        building=building,
        area_code=area,
        tariff="tiered",
    )
    desk.session.add(row)
    desk.session.flush()
    return row


def resident(desk: Desk, openid: str, *homes: Customer, **facts: Any) -> Resident:
    """A follower of the account who has bound these homes."""
    row = Resident(openid=openid, first_seen_at=desk.now, last_seen_at=desk.now, **facts)
    desk.session.add(row)
    desk.session.flush()
    desk.session.add_all(
        Binding(openid=openid, customer_id=home.id, bound_at=desk.now) for home in homes
    )
    desk.session.flush()
    return row


def group(desk: Desk, code: str, channel: str = "wecom_customer_group", **facts: Any) -> None:
    """A group of C001 unless told otherwise; its chat is its code."""
    row = {
        "group_code": code,
        "name": f"{code}群",
        "channel": channel,
        "target": f"chat-{code}",
        "owner_userid": "zhou",
        "community_codes": ["C001"],
        "buildings": [],
        "quiet_from": "22:00",
        "quiet_until": "07:00",
    }
    desk.session.add(CommunityGroup(**(row | facts)))
    desk.session.flush()


def outbox(desk: Desk, **where: Any) -> list[OutboxMessage]:
    """The messages of groups and residents, oldest first."""
    query = sa.select(OutboxMessage).filter_by(**where).where(OutboxMessage.step != "")
    return list(desk.session.scalars(query.order_by(OutboxMessage.id)))


def deliver(desk: Desk, **where: Any) -> None:
    """The platform took these messages and they arrived."""
    for message in outbox(desk, **where):
        message.state, message.delivered_at = OutboxState.SENT, desk.now
        message.due_at = None
    desk.session.flush()


def at(desk: Desk, moment: datetime) -> None:
    """Let it be another time."""
    desk.now = moment


def tick(desk: Desk) -> int:
    """Let time act once, as bot/outage_clock.py does; how many pages were expanded."""
    for chore in timers.due(desk):
        timers.do(desk, chore)
    pages = 0
    while (page := timers.next_page(desk)) is not None:
        timers.do(desk, page)
        pages += 1
    return pages
