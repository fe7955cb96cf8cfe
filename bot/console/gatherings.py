"""Community events and polls: announced by a station's staff, with code, link and results."""

import io
from datetime import datetime
from typing import TypeVar

import qrcode
import qrcode.image.svg
import sqlalchemy as sa
from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import only, person
from bot.console import faults, people
from bot.console.may import STAFF
from bot.parts import Parts
from config.clock import CHINA
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid.models import Station
from handlers.surveys import community_events, opinions, polls, scopes
from handlers.surveys.models import CommunityEvent, Poll
from handlers.surveys.scopes import Asked
from handlers.tickets.rules import STATE_WORDS

Kind = TypeVar("Kind", CommunityEvent, Poll)
NO_MOMENT = "请写上{what}，例如 2026-12-01 09:00。"


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/gatherings")
    @only(*STAFF)
    def gatherings() -> ResponseReturnValue:
        return _page(parts)

    @console.post("/gatherings/events")
    @only(*STAFF)
    def announce_event() -> ResponseReturnValue:
        faults.show_again(lambda: _page(parts))
        form = request.form
        with parts.working() as desk:
            event = community_events.create(
                desk,
                by=person().userid,
                station_code=_station(desk),
                title=form.get("title", ""),
                place=form.get("place", ""),
                asked=_asked(),
                starts_at=_moment("starts_at", "开始时间"),
                ends_at=_moment("ends_at", "结束时间"),
            )
            _audit(desk, "event_announce", event.id)
            number = event.id
        flash("活动已建好，二维码一会儿就出来，打印贴在现场就行。")
        return redirect(url_for(".community_event", event_id=number))

    @console.post("/gatherings/polls")
    @only(*STAFF)
    def open_poll() -> ResponseReturnValue:
        faults.show_again(lambda: _page(parts))
        form = request.form
        with parts.working() as desk:
            poll = polls.create(
                desk,
                by=person().userid,
                station_code=_station(desk),
                question=form.get("question", ""),
                options=form.get("options", "").splitlines(),
                asked=_asked(),
                closes_at=_moment("closes_at", "截止时间"),
            )
            _audit(desk, "poll_open", poll.id)
            number = poll.id
        flash("投票已开始。把链接发到群里，或打印二维码。截止前谁也看不到票数。")
        return redirect(url_for(".poll", poll_id=number))

    @console.get("/gatherings/events/<int:event_id>")
    @only(*STAFF)
    def community_event(event_id: int) -> ResponseReturnValue:
        with parts.looking() as desk:
            found = _own(community_events.get(desk, event_id))
            results = community_events.results(desk, found)
            return render_template(
                "console/event.html",
                event=found,
                results=results,
                topics={ticket.number: opinions.topic(ticket) for ticket in results.tickets},
                states=STATE_WORDS,
                places=scopes.names(desk.session, found.community_codes),
                names=people.names(desk, {found.created_by}),
            )

    @console.get("/gatherings/polls/<int:poll_id>")
    @only(*STAFF)
    def poll(poll_id: int) -> ResponseReturnValue:
        with parts.looking() as desk:
            found = _own(polls.get(desk, poll_id))
            return render_template(
                "console/poll.html",
                poll=found,
                link=f"{desk.public_url}/h5/polls/{found.id}",
                is_closed=polls.is_closed(desk, found),
                voters=polls.voters(desk.session, found),
                counts=polls.results(desk, found),
                places=scopes.names(desk.session, found.community_codes),
                names=people.names(desk, {found.created_by}),
            )

    @console.get("/gatherings/<kind>/<int:row_id>/code.svg")
    @only(*STAFF)
    def gathering_code(kind: str, row_id: int) -> ResponseReturnValue:
        """What its people scan: the platform's scene, of a poll without one its page."""
        with parts.looking() as desk:
            if kind == "events":
                text = _own(community_events.get(desk, row_id)).code_url
            elif kind == "polls":
                found = _own(polls.get(desk, row_id))
                text = found.code_url or f"{desk.public_url}/h5/polls/{found.id}"
            else:
                abort(404)
        if not text:
            abort(404)
        picture = io.BytesIO()
        qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, box_size=12).save(picture)
        return Response(picture.getvalue(), content_type="image/svg+xml")


def _page(parts: Parts) -> str:
    with parts.looking() as desk:
        station, who = _station(desk), person()
        stations = desk.session.scalars(sa.select(Station).order_by(Station.station_code)).all()
        return render_template(
            "console/gatherings.html",
            station=station,
            stations=stations if who.is_everywhere else [],
            places=scopes.places_of(desk.session, station),
            events=community_events.of_station(desk, station),
            polls=polls.of_station(desk, station),
            now=desk.now,
        )


def _station(desk: Desk) -> str:
    """One's own station; the command centre names one, else it is the first."""
    who = person()
    if who.station_code is not None and not who.is_everywhere:
        return who.station_code
    asked = request.values.get("station", "")
    if asked and desk.session.get(Station, asked) is not None:
        return asked
    first = desk.session.scalar(sa.select(Station.station_code).order_by(Station.station_code))
    if first is None:
        raise DomainError("还没有登记服务站，请先导入档案。")
    return first


def _own(found: Kind) -> Kind:
    """Another station's is as if it were not there."""
    who = person()
    if not who.is_everywhere and found.station_code != who.station_code:
        abort(404)
    return found


def _asked() -> Asked:
    return Asked(tuple(request.form.getlist("communities")), tuple(request.form.getlist("grids")))


def _moment(field: str, what: str) -> datetime:
    try:
        moment = datetime.fromisoformat(request.form.get(field, ""))
    except ValueError as error:
        raise DomainError(NO_MOMENT.format(what=what), field=field) from error
    return moment.replace(tzinfo=CHINA)


def _audit(desk: Desk, action: str, number: int) -> None:
    audit.write(
        desk.session, actor=person().userid, action=action, subject=str(number), now=desk.now
    )
