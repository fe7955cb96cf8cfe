"""The playground: its page, what the page polls, media, and links opened as somebody."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from bot.simulator.control.common import after
from bot.simulator.gateway import world
from bot.simulator.media_api import served
from bot.simulator.oauth import COOKIES
from bot.simulator.parts.errors import Refusal

pages = Blueprint("pages", __name__)
SHOWN_ENTRIES = 200
SHOWN_PEOPLE = 300
SHOWN_BUBBLES = 3000


@pages.get("/")
def playground() -> ResponseReturnValue:
    if not request.environ["PATH_INFO"]:  # mounted at /sim and asked for without the slash
        return redirect(request.script_root + "/")
    sim = world()
    mounted = sim.config.public_base.startswith(sim.product_url)
    return render_template("playground.html", product=".." if mounted else sim.product_url)


@pages.get("/api/state")
def state() -> ResponseReturnValue:
    """All that has changed since revision `after` and journal entry `entry`."""
    sim = world()
    entry = request.args.get("entry", 0, int)
    with sim.lock:
        memory = sim.memory
        waiting = [t for t in memory.tasks.all() if t.confirmed_at is None and not t.cancelled]
        entries = memory.journal.find(after=entry, limit=SHOWN_ENTRIES)
        bubbles, people = memory.phones.since(after()), memory.residents.all()
        return jsonify(
            {
                "revision": memory.phones.revision,
                "bubbles": [bubble.as_json() for bubble in bubbles[-SHOWN_BUBBLES:]],
                "residents": [resident.as_json() for resident in people[-SHOWN_PEOPLE:]],
                "members": [member.as_json() for member in memory.members.all()],
                "groups": [
                    {"target": g.target, "name": g.name, "kind": g.kind, "owner": g.owner}
                    for g in memory.groups.all()
                    if not g.removed
                ],
                "tasks": [task.as_json() for task in waiting],
                "menu": sim.menu.get("button", []),
                "entries": [found.as_json() for found in entries],
                "quotas": memory.quotas.report(sim.now()),
                "faults": [fault.as_json() for fault in memory.faults],
                "switches": {**memory.unruly.as_json(), "mode": sim.mode},
                "clock": {"now": sim.now(), "offset": sim.clock.offset},
            }
        )


@pages.get("/media/<media_id>")
def media(media_id: str) -> Response:
    sim = world()
    try:
        with sim.lock:
            return served(sim.memory.media.get(media_id, sim.now()))
    except Refusal:
        abort(404)


@pages.get("/open")
def open_link() -> ResponseReturnValue:
    """Open a link as a phone's owner would: authorization pages then know who it is."""
    url = request.args.get("url", "")
    if urlsplit(url).scheme not in {"http", "https"}:
        abort(400)
    response = redirect(url)
    for cookie, name in ((COOKIES[False], "openid"), (COOKIES[True], "userid")):
        if who := request.args.get(name):
            response.set_cookie(cookie, who, samesite="Lax", httponly=True)
    return response


@pages.get("/q/<ticket>")
def scene(ticket: str) -> ResponseReturnValue:
    """Say what a QR code of the account stands for."""
    found = world().memory.scenes.get(ticket)
    if found is None:
        abort(404)
    return jsonify({"ticket": ticket, "scene": found})
