"""The journal, for tests and for the inspector."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from bot.simulator.control.common import after
from bot.simulator.gateway import world

control = Blueprint("journal", __name__, url_prefix="/api")


@control.get("/outbox")
def outbox() -> ResponseReturnValue:
    """API calls received (`direction` api) and pushes posted (callback), oldest first."""
    sim = world()
    args = request.args
    with sim.lock:
        entries = sim.memory.journal.find(
            path=args.get("path", ""),
            direction=args.get("direction", ""),
            after=after(),
            limit=args.get("limit", 1000, int),
        )
        return jsonify({"items": [entry.as_json() for entry in entries]})
