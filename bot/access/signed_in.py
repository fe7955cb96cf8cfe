"""Who is signed in to the console, and what they may see and do."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.access.models import EndedSession
from bot.parts import Parts
from handlers.grid.models import Role, Staff
from handlers.tickets.models import Ticket

LIFE = timedelta(hours=12)
PATH_OF_OURS = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")
EVERYWHERE = frozenset({Role.COMMAND_CENTER, Role.ADMIN})
LEADING = frozenset({Role.TEAM_LEADER, Role.STATION_HEAD, Role.COMMAND_CENTER, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in member of staff; `station_code` None sees all stations."""

    userid: str
    name: str
    role: Role
    station_code: str | None

    @property
    def is_everywhere(self) -> bool:
        return self.role in EVERYWHERE

    @property
    def is_leading(self) -> bool:
        return self.role in LEADING

    def may_see(self, ticket: Ticket) -> bool:
        """Own station's tickets; the general queue is the command centre's."""
        return self.is_everywhere or ticket.station_code == self.station_code

    def sees_personal(self, ticket: Ticket) -> bool:
        """Phone, name and room: who works on it, and its leaders; never a confidential reporter's."""
        if ticket.is_confidential:
            return self.is_everywhere
        return self.may_see(ticket)

    def only_mine(self) -> sa.ColumnElement[bool]:
        """The condition that keeps other stations' tickets out of a query."""
        if self.is_everywhere:
            return sa.true()
        return Ticket.station_code == self.station_code

    def only_those_i_may_know(self) -> sa.ColumnElement[bool]:
        """The condition that keeps out what this person may see but not whose it is."""
        return sa.true() if self.is_everywhere else Ticket.is_confidential.is_(False)


def remember(staff: Staff, *, by: str = "") -> None:
    """Begin a session for a person whose proof was checked; a new one each time.

    `by`: the provider that knows him too, and that he may want to sign out of.
    """
    session.clear()
    session["by"] = by
    session["userid"] = staff.userid
    session["since"] = datetime.now(UTC).timestamp()


def forget(database: Session, now: datetime) -> None:
    """End this browser's session for good: a copy of its cookie opens nothing either."""
    database.merge(EndedSession(mark=_mark(), at=now))
    session.clear()


def guard(blueprint: Blueprint, parts: Parts, *, public: frozenset[str]) -> None:
    """Let nobody pass a blueprint's pages unless signed in, but for the endpoints named public."""

    @blueprint.before_request
    def demand_sign_in() -> ResponseReturnValue | None:
        if request.endpoint is not None and request.endpoint.split(".")[-1] in public:
            return None
        person = current(parts)
        if person is None:
            if request.headers.get("HX-Request") or request.method != "GET":
                abort(401)
            return redirect(url_for("console.login", next=request.full_path.rstrip("?")))
        g.person = person
        return None


def current(parts: Parts) -> Person | None:
    """The person of this request's cookie; None once it lapsed or the account was stopped."""
    userid, since = session.get("userid"), session.get("since")
    if not isinstance(userid, str) or not isinstance(since, float):
        return None
    began = datetime.fromtimestamp(since, UTC)
    if datetime.now(UTC) - began > LIFE:
        return None
    with parts.database.reading() as database:
        staff = database.get(Staff, userid)
        if staff is None or not staff.is_active:
            return None
        if staff.sessions_valid_from is not None and began < staff.sessions_valid_from:
            return None
        if database.get(EndedSession, _mark()) is not None:
            return None
        return Person(staff.userid, staff.name, Role(staff.role), staff.station_code)


def _mark() -> str:
    """What tells this session from every other: whose it is, and the microsecond it began."""
    return f"{session['userid']}:{session['since']!r}"


def person() -> Person:
    """The signed-in person of a guarded page."""
    found: Person = g.person
    return found


def only(*roles: Role) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a page be used by these roles alone (403 else)."""

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if person().role not in roles:
                abort(403)
            return view(*args, **kwargs)

        guarded.__dict__["roles"] = frozenset(roles)
        return guarded

    return wrap


def safe_next(target: str | None, default: str) -> str:
    """A path of ours to go to after signing in; anything else is the default.

    Browsers drop tabs and line ends and take a backslash for a slash, so none may stand in it.
    """
    if target and PATH_OF_OURS.fullmatch(target):
        return target
    return default
