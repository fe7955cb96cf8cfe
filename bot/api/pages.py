"""Cursors of lists: opaque, stable, no total."""

import base64
import binascii
import re
from typing import Any

from handlers.errors import DomainError

ID = re.compile(r"[0-9]{1,18}")  # what a 64-bit id of either database holds
NOT_OURS = "cursor is not one of ours: use next_cursor of the page before"


def encode(last_id: int) -> str:
    return base64.urlsafe_b64encode(str(last_id).encode()).decode().rstrip("=")


def decode(cursor: str | None) -> int:
    """The id a page starts after; raises DomainError for a cursor that is not ours."""
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (ValueError, binascii.Error) as error:
        raise DomainError(NOT_OURS, field="cursor") from error
    if not ID.fullmatch(text):
        raise DomainError(NOT_OURS, field="cursor")
    return int(text)


def page(rows: list[Any], limit: int) -> tuple[list[Any], str | None]:
    """Cut one row too many off and say where the next page starts."""
    shown = rows[:limit]
    return shown, encode(shown[-1].id) if len(rows) > limit else None
