"""Our ledger of the customer-service window: what the platform still lets us say unasked."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from config.database import Moment
from handlers.customers.models import Resident
from handlers.desk import Desk
from handlers.dialogue.turn import Inbound, InboundKind

# What a person does; results of deliveries are events as well, but nobody did anything.
DEEDS = frozenset(
    [
        "subscribe",
        "unsubscribe",
        "scan",
        "click",
        "view",
        "view_miniprogram",
        "location",
        "location_select",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
    ]
)
# Only these open a window (PLATFORMS.md 2.2: the list is exhaustive).
ACTIONS = frozenset(["subscribe", "scan", "click", "scancode_push", "scancode_waitmsg"])
LEAVING = "unsubscribe"


def enter(desk: Desk, inbound: Inbound) -> None:
    """Write down that someone wrote or did something: one statement for each message.

    An action never shortens what an earlier one allows: the longer time and the larger number
    of messages hold.
    """
    event = inbound.event.lower()
    if inbound.kind == InboundKind.EVENT and event not in DEEDS:
        return
    span, messages = _allowance(desk, inbound.kind, event)
    until = sa.literal(desk.now + span, Moment)
    is_open = Resident.window_until > desk.now
    is_follower = event != LEAVING
    changes = {
        "last_seen_at": desk.now,
        "is_subscribed": is_follower,
        "window_until": sa.case((Resident.window_until > until, Resident.window_until), else_=until)
        if is_follower
        else None,
        "window_left": sa.case(
            (sa.and_(is_open, Resident.window_left > messages), Resident.window_left),
            else_=messages,
        ),
    }
    is_sqlite = desk.session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    first = {
        "openid": inbound.user_id,
        "is_subscribed": is_follower,
        "first_seen_at": desk.now,
        "last_seen_at": desk.now,
        "window_until": desk.now + span if is_follower else None,
        "window_left": messages,
    }
    statement = (
        insert(Resident)
        .values(first)
        .on_conflict_do_update(index_elements=["openid"], set_=changes)
        .returning(Resident)
    )
    found = desk.session.scalars(statement, execution_options={"populate_existing": True})
    # A session forgets rows that nobody holds: held here, the row is asked for no second time.
    desk.session.info["resident"] = found.one()


def _allowance(desk: Desk, kind: InboundKind, event: str) -> tuple[timedelta, int]:
    limits = desk.tables.channels.official_account
    if kind != InboundKind.EVENT:
        return timedelta(hours=limits.window_hours), limits.window_messages
    if event in ACTIONS:
        return timedelta(minutes=limits.action_minutes), limits.action_messages
    return timedelta(), 0
