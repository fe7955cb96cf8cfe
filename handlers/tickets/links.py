"""Signed short links: one record, one purpose, 128 random bits, 30 days (CONTRACT.md, Doors)."""

import secrets
from datetime import timedelta

from handlers.desk import Desk
from handlers.tickets.models import ShortLink

LIFE = timedelta(days=30)


def make(desk: Desk, purpose: str, record: str, *, openid: str | None) -> str:
    """A new address that shows one record to one person."""
    token = secrets.token_urlsafe(16)
    desk.session.add(
        ShortLink(
            token=token,
            purpose=purpose,
            record=record,
            openid=openid,
            created_at=desk.now,
            expires_at=desk.now + LIFE,
        )
    )
    return f"{desk.public_url}/h5/t/{token}"


def follow(desk: Desk, token: str) -> ShortLink | None:
    """The link of a token, None when it does not exist or has lapsed."""
    link = desk.session.get(ShortLink, token)
    return link if link is not None and link.expires_at > desk.now else None
