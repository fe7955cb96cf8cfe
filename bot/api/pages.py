"""Cursors of lists: opaque, stable, no total."""

import base64
import binascii
from typing import Any

from handlers.errors import DomainError


def encode(last_id: int) -> str:
    return base64.urlsafe_b64encode(str(last_id).encode()).decode().rstrip("=")


def decode(cursor: str | None) -> int:
    """The id a page starts after; raises DomainError for a cursor that is not ours."""
    if not cursor:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode())
    except (ValueError, binascii.Error, UnicodeDecodeError) as error:
        message = "cursor is not one of ours: use next_cursor of the page before"
        raise DomainError(message, field="cursor") from error


def page(rows: list[Any], limit: int) -> tuple[list[Any], str | None]:
    """Cut one row too many off and say where the next page starts."""
    shown = rows[:limit]
    return shown, encode(shown[-1].id) if len(rows) > limit else None
