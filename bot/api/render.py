"""Records as the API shows them; personal data masked without the scope that shows it."""

from datetime import datetime
from typing import Any

from handlers.masking import mask_name, mask_number, mask_room, mask_text
from handlers.surveys.models import Survey
from handlers.tickets.models import Ticket
from handlers.tickets.rules import ACTIVE

# Answers of forms that are names (services.toml).
NAMES = frozenset({"right_name", "told_account"})


def moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None


def opened(ticket: Ticket) -> dict[str, Any]:
    """What the creator of a ticket gets back."""
    return {
        "number": ticket.number,
        "state": ticket.state,
        "priority": ticket.priority,
        "grid_code": ticket.grid_code,
        "assignee": assignee(ticket),
        "due": ticket.due,
    }


def assignee(ticket: Ticket) -> dict[str, str] | None:
    person = ticket.assignee
    return {"userid": person.userid, "name": person.name} if person else None


def ticket(
    row: Ticket, *, is_personal: bool, survey: Survey | None = None, parent: str | None = None
) -> dict[str, Any]:
    """A ticket without its timeline. A confidential reporter stays hidden from every system."""
    shows = is_personal and not row.is_confidential
    body: dict[str, Any] = {
        "number": row.number,
        "state": row.state,
        "category": row.category,
        "priority": row.priority,
        "source_channel": row.source_channel,
        "external_number": row.external_number,
        "station_code": row.station_code,
        "grid_code": row.grid_code,
        "assignee": assignee(row),
        "community": row.place_text or None,
        "address": row.address if shows else mask_room(row.address),
        "account_number": row.account_number if shows else mask_number(row.account_number),
        "phone": row.phone if shows else mask_number(row.phone),
        "name": row.name if shows else mask_name(row.name),
        "text": row.text if shows else mask_text(row.text, row.name),
        "fields": row.fields if shows else masked_fields(row.fields, row.name),
        "parent": parent,
        "reported_at": moment(row.reported_at),
        "due": row.due,
        "created_at": moment(row.created_at),
        "is_open": row.state in ACTIVE,
    }
    if survey is not None and survey.answered_at is not None:
        body["survey"] = {
            "score": survey.score,
            "solved": survey.is_solved,
            "comment": _words(survey.comment, row.name, shows=shows),
        }
    return body


def timeline(row: Ticket, *, is_personal: bool) -> list[dict[str, Any]]:
    """What happened, oldest first; internal notes are for staff alone."""
    shows = is_personal and not row.is_confidential
    return [
        {
            "at": moment(event.at),
            "action": event.action,
            "by": event.by,
            "text": _words(event.text, row.name, shows=shows),
        }
        for event in row.events
        if event.is_public
    ]


def survey(row: Survey, number: str, name: str | None, *, is_personal: bool) -> dict[str, Any]:
    return {
        "ticket": number,
        "sent_at": moment(row.sent_at),
        "answered_at": moment(row.answered_at),
        "score": row.score,
        "solved": row.is_solved,
        "comment": _words(row.comment, name, shows=is_personal),
    }


def masked_fields(fields: dict[str, Any], name: str | None = None) -> dict[str, Any]:
    """Numbers and the name inside any of them are hidden, and the names that a form asked for."""
    return {key: _masked(key, value, name) for key, value in fields.items()}


def _masked(key: str, value: Any, name: str | None) -> Any:
    if not isinstance(value, str):
        return value
    return mask_name(value) if key in NAMES else mask_text(value, name)


def _words(text: str | None, name: str | None, *, shows: bool) -> str | None:
    return text if shows or text is None else mask_text(text, name)
