"""A poll as a page: the question for everyone, a vote for a proven resident, the counts at the end."""

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from bot.h5 import oauth
from bot.parts import Parts
from handlers.customers import places
from handlers.desk import Desk
from handlers.errors import DomainError, NotFoundError, StateConflictError
from handlers.grid.models import Community
from handlers.surveys import polls
from handlers.surveys.models import Poll

CONFLICT, UNUSABLE = 409, 422


def register(h5: Blueprint, parts: Parts) -> None:
    @h5.get("/polls/<int:poll_id>")
    def poll_page(poll_id: int) -> ResponseReturnValue:
        with parts.looking() as desk:
            return _page(desk, _poll(desk, poll_id))

    @h5.get("/polls/<int:poll_id>/in")
    def prove(poll_id: int) -> ResponseReturnValue:
        """To the platform, and back as oneself."""
        with parts.looking() as desk:
            _poll(desk, poll_id)
        if oauth.openid() is not None:
            return redirect(f"/h5/polls/{poll_id}")
        return oauth.ask(parts, f"/h5/polls/{poll_id}")

    @h5.post("/polls/<int:poll_id>")
    def vote(poll_id: int) -> ResponseReturnValue:
        openid = oauth.openid()
        if openid is None:
            abort(403)
        choice = request.form.get("choice", "")
        with parts.working() as desk:
            poll = _poll(desk, poll_id)
            try:
                polls.vote(
                    desk,
                    poll,
                    openid,
                    int(choice) if choice.isascii() and choice.isdigit() else -1,
                    community_code=request.form.get("community", ""),
                )
            except DomainError as refused:
                is_late = isinstance(refused, StateConflictError)
                page = _page(desk, poll, fault=refused.message)
                return page, CONFLICT if is_late else UNUSABLE
            return _page(desk, poll)


def _poll(desk: Desk, poll_id: int) -> Poll:
    try:
        return polls.get(desk, poll_id)
    except NotFoundError:
        abort(404)


def _page(desk: Desk, poll: Poll, *, fault: str = "") -> str:
    openid = oauth.openid()
    places_of = {
        code: desk.session.get_one(Community, code).name for code in sorted(poll.community_codes)
    }
    return render_template(
        "h5/poll.html",
        poll=poll,
        places=places_of,
        is_closed=polls.is_closed(desk, poll),
        is_known=openid is not None,
        has_voted=openid is not None and polls.has_voted(desk.session, poll, openid),
        asks_home=openid is not None and places.known_place(desk, openid) is None,
        counts=polls.results(desk, poll),
        voters=polls.voters(desk.session, poll),
        fault=fault,
        typed=request.form,
    )
