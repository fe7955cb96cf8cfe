"""Pages of residents: one record behind a short link, outages for everyone."""

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from bot.h5 import bills, event, oauth, outages, polls, records, survey
from bot.parts import Parts
from handlers.desk import Desk
from handlers.tickets import links, service
from handlers.tickets.models import ShortLink

Form = Callable[[Desk, ShortLink, Mapping[str, str]], ResponseReturnValue]
FORMS: Mapping[str, tuple[str, Form | None]] = {
    "survey": ("survey", survey.take),
    "survey/more": ("survey", survey.take_more),
    "event": ("event", event.take),
}
PURPOSES = frozenset({"ticket", "survey", "bills", "event"})


def blueprint(parts: Parts) -> Blueprint:
    h5 = Blueprint("h5", __name__, url_prefix="/h5")
    oauth.register(h5, parts)
    outages.register(h5, parts)
    polls.register(h5, parts)

    @h5.get("/t/<token>")
    def show(token: str) -> ResponseReturnValue:
        with parts.looking() as desk:
            return _show(parts, desk, _link(desk, token))

    @h5.get("/t/<token>/whole")
    def show_whole(token: str) -> ResponseReturnValue:
        """All of a ticket, for its resident alone."""
        with parts.looking() as desk:
            link = _link(desk, token)
        if oauth.is_of(link.openid):
            return redirect(f"/h5/t/{token}")
        return oauth.ask(parts, f"/h5/t/{token}")

    @h5.post("/t/<token>/<path:form>")
    def take(token: str, form: str) -> ResponseReturnValue:
        """What was filled in on a link's page; each form belongs to links of one purpose."""
        purpose, take_form = FORMS.get(form, ("", None))
        with parts.working() as desk:
            link = _link(desk, token)
            if take_form is None or link.purpose != purpose:
                abort(404)
            return take_form(desk, link, request.form)

    @h5.errorhandler(404)
    def not_found(_: Exception) -> ResponseReturnValue:
        return render_template("h5/gone.html"), 404

    @h5.errorhandler(403)
    def refused(_: Exception) -> ResponseReturnValue:
        return render_template("h5/refused.html"), 403

    return h5


def _show(parts: Parts, desk: Desk, link: ShortLink) -> ResponseReturnValue:
    if link.purpose == "bills":
        if not oauth.is_of(link.openid):
            return oauth.ask(parts, f"/h5/t/{link.token}")
        return bills.page(desk, link)
    if link.purpose == "event":
        return event.page(desk, link)
    ticket = service.get(desk, link.record, lock=False)
    if link.purpose == "survey":
        return survey.page(desk, link, ticket)
    return records.ticket_page(desk, link, ticket, is_own=oauth.is_of(link.openid))


def _link(desk: Desk, token: str) -> ShortLink:
    link = links.follow(desk, token)
    if link is None or link.purpose not in PURPOSES:
        abort(404)
    return link
