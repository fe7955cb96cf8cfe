"""What goes over the API's wire (CONTRACT.md, API), as pydantic models."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from flask import request
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from werkzeug.exceptions import BadRequest

from handlers.errors import DomainError
from handlers.outages.models import Kind, OutageState
from handlers.tickets.models import Category, Source, State

MAX_TEXT = 4000
FIRST_YEAR, LAST_YEAR = 1990, 2199


def _account(value: str) -> str:
    plain = re.sub(r"[\s-]", "", value)
    if not re.fullmatch(r"\d{10}|\d{13}", plain):
        raise ValueError("an account number has 10 or 13 digits")
    return plain


def _phone(value: str) -> str:
    plain = re.sub(r"\s", "", value)
    if not re.fullmatch(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}", plain):
        raise ValueError("a phone is an 11-digit mobile, or area code and number")
    return plain


def _printable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain NUL characters")
    return value


def _iso(value: Any) -> Any:
    """A written time; a bare number is none, and a plus that an address turned into a space is one."""
    if isinstance(value, str) and (match := ISO.fullmatch(value.strip())):
        return f"{match[1]}T{match[2]}{match[3].replace(' ', '+')}" if match[2] else match[1]
    raise ValueError("a time is ISO 8601 with offset, as 2026-11-26T08:30:00+08:00")


ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|z|[ +-]\d{2}:?\d{2}|))?"
)


def _in_calendar(value: datetime) -> datetime:
    """Beyond these years neither a database nor a time zone knows what is meant."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"must lie between the years {FIRST_YEAR} and {LAST_YEAR}")
    return value


Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), AfterValidator(_printable)]
Short = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
Note = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_printable)]
Instant = Annotated[AwareDatetime, BeforeValidator(_iso), AfterValidator(_in_calendar)]
LocalInstant = Annotated[
    AwareDatetime | datetime, BeforeValidator(_iso), AfterValidator(_in_calendar)
]
Account = Annotated[str, AfterValidator(_account)]
Phone = Annotated[str, AfterValidator(_phone)]


def given() -> Any:
    """The JSON of a request, whatever media type it is said to be."""
    try:
        return request.get_json(force=True)
    except BadRequest:
        raise DomainError("the body is not JSON in UTF-8", field="body") from None


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class NewTicket(Body):
    source_channel: Source
    external_number: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_printable)]
    category: Category
    text: Text
    account_number: Account | None = None
    community: Short | None = None
    address: Short | None = None
    name: Short | None = None
    phone: Phone | None = None
    reported_at: Instant | None = None


class TicketEventIn(Body):
    action: Literal[
        "accept",
        "arrive",
        "reply",
        "resolve",
        "close",
        "cancel",
        "transfer",
        "merge",
        "escalate",
        "reopen",
    ]
    by: Short
    text: Note | None = None
    at: Instant | None = None
    to: Short | None = None
    into: Short | None = None


class NewOutage(Body):
    outage_code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")] | None = None
    kind: Kind
    area_codes: Annotated[list[Short], Field(min_length=1, max_length=2000)]
    starts_at: Instant
    ends_at: Instant
    reason: Note = ""
    slot_reason: Note = ""
    late_reason: Note = ""
    waiver: Note = ""
    by: Short | None = None


class OutageChange(Body):
    outage_code: Short | None = None
    kind: Kind | None = None
    area_codes: Annotated[list[Short], Field(min_length=1, max_length=2000)] | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    reason: Note | None = None
    slot_reason: Note | None = None
    late_reason: Note | None = None
    waiver: Note | None = None
    by: Short | None = None


class OutageStepIn(Body):
    by: Short | None = None
    at: Instant | None = None
    reason: Note | None = None


class Page(BaseModel):
    """Query of a list; unknown parameters are refused so that a typo is seen."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9_-]*$")] | None = None


class TicketQuery(Page):
    state: State | None = None
    category: Category | None = None
    grid_code: Short | None = None
    created_from: Instant | None = None
    created_to: Instant | None = None


class ExportQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal["csv", "xlsx"]
    state: State | None = None
    category: Category | None = None
    grid_code: Short | None = None
    created_from: Instant | None = None
    created_to: Instant | None = None


class OutageQuery(Page):
    state: OutageState | None = None
    area_code: Short | None = None


class SurveyQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ticket: Short


class StatsQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    since: LocalInstant | None = Field(None, alias="from")
    until: LocalInstant | None = Field(None, alias="to")
    group_by: Literal["station", "grid", "category"]
