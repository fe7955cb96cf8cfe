"""The opinion form of a community event, for whoever scanned its code."""

from collections.abc import Mapping

from flask import render_template
from flask.typing import ResponseReturnValue

from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.surveys import community_events
from handlers.tickets.models import ShortLink


def page(desk: Desk, link: ShortLink, *, fault: str = "", text: str = "") -> str:
    event = community_events.get(desk, int(link.record))
    return render_template(
        "h5/event.html",
        token=link.token,
        event=event,
        is_open=community_events.takes_opinions(desk, event),
        over=community_events.OVER.format(title=event.title),
        fault=fault,
        text=text,
        most=community_events.MAX_OPINION,
    )


def take(desk: Desk, link: ShortLink, form: Mapping[str, str]) -> ResponseReturnValue:
    """Take the opinion down; what was typed stays where something is missing."""
    event = community_events.get(desk, int(link.record))
    text = form.get("text", "")
    try:
        ticket = community_events.give(desk, event, openid=link.openid, text=text)
    except DomainError as refused:
        return page(desk, link, fault=refused.message, text=text), 422
    return render_template("h5/event_thanks.html", event=event, number=ticket.number)
