"""Outages for everyone: a page to search, each outage, JSON and RSS; no sign-in, cached."""

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from bot.parts import Parts
from handlers.desk import Desk
from handlers.errors import NotFoundError
from handlers.outages import queries, service, wording
from handlers.outages.models import Kind, Outage, OutageState

AHEAD = timedelta(days=10)
BACK = timedelta(days=1)
CACHE = "public, max-age=30"
KINDS = {
    Kind.PLANNED: "计划停电",
    Kind.TEMPORARY: "临时停电",
    Kind.FAULT: "故障停电",
    Kind.RESTRICTION: "有序用电",
}
STATES = {
    OutageState.PUBLISHED: "即将停电",
    OutageState.UNDER_WAY: "停电中",
    OutageState.RESTORED: "已送电",
    OutageState.CANCELLED: "已取消",
    OutageState.ARCHIVED: "已结束",
}
HIDDEN = {OutageState.DRAFT, OutageState.IN_REVIEW}


def register(h5: Blueprint, parts: Parts) -> None:
    @h5.get("/outages")
    def outages_page() -> ResponseReturnValue:
        words = request.args.get("q", "").strip()[:40]
        with parts.looking() as desk:
            items = _items(desk, words)
            html = render_template(
                "h5/outages.html",
                items=items,
                words=words,
                now=desk.now,
                hotline=desk.tables.contacts.hotline,
            )
        return _cached(Response(html))

    @h5.get("/outages.json")
    def outages_json() -> ResponseReturnValue:
        with parts.looking() as desk:
            items = _items(desk, request.args.get("q", "").strip()[:40])
            as_of = desk.now.isoformat(timespec="seconds")
        return _cached(jsonify(as_of=as_of, items=[_plain(item) for item in items]))

    @h5.get("/outages.rss")
    def outages_rss() -> ResponseReturnValue:
        with parts.looking() as desk:
            xml = render_template(
                "h5/outages.rss.xml",
                items=_items(desk, ""),
                base=desk.public_url,
                built=format_datetime(desk.now),
            )
        return _cached(Response(xml, content_type="application/rss+xml; charset=utf-8"))

    @h5.get("/outages/<code>")
    def outage_page(code: str) -> ResponseReturnValue:
        with parts.looking() as desk:
            try:
                outage = service.get(desk, code, lock=False)
            except NotFoundError:
                abort(404)
            if outage.state in HIDDEN:
                abort(404)
            html = render_template(
                "h5/outage.html",
                item=_item(desk, outage),
                now=desk.now,
                hotline=desk.tables.contacts.hotline,
            )
        return _cached(Response(html))


def _items(desk: Desk, words: str) -> list[dict[str, Any]]:
    """What is off, what comes, what was over since yesterday; by community where words are given."""
    found = queries.public(desk.session, after=desk.now - BACK, until=desk.now + AHEAD)
    items = [_item(desk, outage) for outage in found if outage.state not in HIDDEN]
    if not words:
        return items
    names = {entity.value for entity in desk.places.find(words)} or {words}
    return [
        item for item in items if any(name in place for name in names for place in item["places"])
    ]


def _item(desk: Desk, outage: Outage) -> dict[str, Any]:
    return {
        "code": outage.outage_code,
        "kind": KINDS[Kind(outage.kind)],
        "state": STATES[OutageState(outage.state)],
        "is_off": outage.state == OutageState.UNDER_WAY,
        "places": [place.text for place in queries.touched(desk.session, outage)],
        "window": wording.window(outage.starts_at, outage.ends_at),
        "until": wording.until(outage, desk.now) if outage.state == OutageState.UNDER_WAY else "",
        "reason": wording.reason(outage),
        "starts_at": outage.starts_at,
        "ends_at": outage.ends_at,
    }


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    return item | {
        "starts_at": item["starts_at"].isoformat(),
        "ends_at": item["ends_at"].isoformat(),
    }


def _cached(response: Response) -> Response:
    response.headers["Cache-Control"] = CACHE
    return response
