"""Our ledger of the customer-service window: what the platform still lets us say unasked."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict

from config.together import Insert, Values
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
RESIDENTS: Any = Resident.__table__
ROW = "resident_"  # begins the labels of the columns that `entered` returns
FIRST: dict[str, Any] = {
    **{column.name: column.default.arg for column in RESIDENTS.c if column.default is not None},
    "openid": sa.bindparam("writer"),
    "first_seen_at": sa.bindparam("moment"),
    "last_seen_at": sa.bindparam("moment"),
    "is_subscribed": sa.bindparam("follows"),
    "window_until": sa.bindparam("until"),
    "window_left": sa.bindparam("left"),
}


def entry(desk: Desk, inbound: Inbound) -> Values | None:
    """The values `entered` takes for someone who wrote or did something; None where nobody did."""
    event = inbound.event.lower()
    if inbound.kind == InboundKind.EVENT and event not in DEEDS:
        return None
    span, messages = _allowance(desk, inbound.kind, event)
    is_follower = event != LEAVING
    return {
        "writer": inbound.user_id,
        "moment": desk.now,
        "follows": is_follower,
        "until": desk.now + span if is_follower else None,
        "left": messages,
    }


def entered(insert: Insert) -> Any:
    """Keep the row of who wrote and the ledger of their window: once for each message.

    An action never shortens what an earlier one allows: the longer time and the larger number
    of messages hold.
    """
    fresh = insert(RESIDENTS).values(**FIRST)
    had, gets = RESIDENTS.c, fresh.excluded
    is_longer = had.window_until > gets.window_until
    has_more = sa.and_(had.window_until > gets.last_seen_at, had.window_left > gets.window_left)
    return fresh.on_conflict_do_update(
        index_elements=["openid"],
        set_={
            "last_seen_at": gets.last_seen_at,
            "is_subscribed": gets.is_subscribed,
            "window_until": sa.case((is_longer, had.window_until), else_=gets.window_until),
            "window_left": sa.case((has_more, had.window_left), else_=gets.window_left),
        },
    ).returning(*(column.label(f"{ROW}{column.name}") for column in RESIDENTS.c))


def hold(session: Session, found: Values) -> None:
    """Make the row that `entered` returned the session's, which then never asks for it again."""
    row = {name.removeprefix(ROW): found[name] for name in found if name.startswith(ROW)}
    if row:
        resident = Resident()
        instance_dict(resident).update(row)
        make_transient_to_detached(resident)
        session.add(resident)
        session.info["resident"] = resident  # a session forgets rows that nobody holds


def _allowance(desk: Desk, kind: InboundKind, event: str) -> tuple[timedelta, int]:
    limits = desk.tables.channels.official_account
    if kind != InboundKind.EVENT:
        return timedelta(hours=limits.window_hours), limits.window_messages
    if event in ACTIONS:
        return timedelta(minutes=limits.action_minutes), limits.action_messages
    return timedelta(), 0
