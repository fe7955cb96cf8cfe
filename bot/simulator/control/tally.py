"""What came of a storm: all that phones show, what was refused, what vanished."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from bot.simulator.gateway import world
from bot.simulator.parts.world import World

control = Blueprint("tally", __name__, url_prefix="/api")
# Resident's and staff's own words are no messages of the product.
OURS = {"custom", "template", "webhook", "groupmsg", "appchat", "message/send"}


@control.get("/tally")
def tally() -> ResponseReturnValue:
    """How many bubbles there are, and what limits refused or dropped."""
    sim = world()
    with sim.lock:
        return jsonify(_numbers(sim))


@control.get("/tally/shown")
def shown() -> ResponseReturnValue:
    """The same, with every message of the product: chat, way, time, text."""
    sim = world()
    with sim.lock:
        bubbles = [one for one in sim.memory.phones.since(0) if one.via in OURS]
        rows = [[one.chat, one.via, one.at, one.text] for one in bubbles]
        return jsonify(_numbers(sim) | {"shown": rows})


def _numbers(sim: World) -> dict[str, object]:
    memory = sim.memory
    return {
        "bubbles": memory.phones.count(),
        "refused": dict(memory.refused),
        "dropped": {path: count for path, count in memory.dropped.items() if count},
        "now": sim.now(),
    }
