"""Who calls the API: a bearer key and the scopes it has."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g, request

from bot.access import apikeys
from bot.access.apikeys import Scope
from bot.access.models import ApiKey
from bot.api.problems import problem
from bot.parts import Parts

UNAUTHORIZED, FORBIDDEN = 401, 403


def demand_key(parts: Parts) -> Any:
    """Before each request: a living key, or 401 with how to send one."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    key = key.strip() if scheme.lower() == "bearer" else ""
    found = None
    if key and key.isascii():
        with parts.database.reading() as session:
            found = apikeys.find(session, key)
    if found is None:
        answer = problem(UNAUTHORIZED, "send a valid key as 'Authorization: Bearer KEY'")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    g.api_key = found
    return None


def calling() -> ApiKey:
    found: ApiKey = g.api_key
    return found


def is_personal() -> bool:
    return Scope.PERSONAL_READ in calling().scopes


def needs(scope: Scope) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a call through only with this scope (403 else)."""

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if scope not in calling().scopes:
                return problem(FORBIDDEN, f"this key lacks the scope {scope}")
            return view(*args, **kwargs)

        guarded.__dict__["scope"] = scope
        return guarded

    return wrap
