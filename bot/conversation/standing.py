"""What the statement that opens a resident's turn finds out of what they have with us."""

from typing import Any

import sqlalchemy as sa

from bot.conversation import takeover
from config.together import Insert, Values
from handlers.applications import drafts
from handlers.customers import service as customers
from handlers.desk import Desk
from handlers.tickets import contact


def of_writer(_insert: Insert) -> Any:
    """Whether there is anything to ask for: most who write have neither ticket nor account."""
    return sa.select(
        takeover.TAKEN.label("taken_ticket"),
        contact.HAS_OPEN.label("has_tickets"),
        customers.HAS_BOUND.label("has_accounts"),
        drafts.HAS_BEGUN.label("has_drafts"),
    )


def hold(desk: Desk, openid: str, found: Values) -> None:
    """Let nobody ask the database in this turn for what is not there."""
    for name, has_none in (
        ("has_tickets", contact.has_none),
        ("has_accounts", customers.has_none),
        ("has_drafts", drafts.has_none),
    ):
        if not found[name]:
            has_none(desk, openid)
