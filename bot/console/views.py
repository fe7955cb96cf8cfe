"""The console: the queue, tickets, outages and what else staff look after, server-rendered."""

from typing import Any

from flask import Blueprint, g

from bot.access.signed_in import guard
from bot.console import (
    anomalies,
    budget,
    deliveries,
    exports,
    faults,
    gatherings,
    groups,
    imports,
    incidents,
    live,
    login,
    map_page,
    may,
    me,
    media,
    menu,
    oidc_login,
    opinions,
    outage_steps,
    outages,
    phone_tasks,
    photos,
    points,
    queue,
    review,
    shift,
    storms,
    ticket,
    ticket_steps,
    totp,
    wecom_login,
)
from bot.parts import Parts

PAGES = (
    login,
    wecom_login,
    oidc_login,
    queue,
    exports,
    live,
    ticket,
    ticket_steps,
    photos,
    media,
    outages,
    outage_steps,
    incidents,
    phone_tasks,
    opinions,
    points,
    anomalies,
    review,
    deliveries,
    groups,
    gatherings,
    storms,
    map_page,
    me,
    totp,
    shift,
    budget,
    imports,
)


def blueprint(parts: Parts) -> Blueprint:
    console = Blueprint("console", __name__, url_prefix="/console")
    guard(console, parts, public=may.PUBLIC)
    console.before_request(may.refuse_unnamed)
    faults.register(console)
    for page in PAGES:
        page.register(console, parts)
    console.context_processor(_on_every_page)
    return console


def _on_every_page() -> dict[str, Any]:
    return {
        "person": g.get("person"),
        "fault": g.get("fault"),
        "typed": g.get("typed", {}),
        "leads": may.LEADERS,
        "doors": menu.doors(g.get("person")),
    }
