"""Orders for faults of the API."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from bot.simulator.control.common import body, fail, number
from bot.simulator.gateway import world
from bot.simulator.parts.faults import FaultKind

control = Blueprint("faults", __name__, url_prefix="/api/faults")
NUMBERS = {"times": int, "code": int, "seconds": float}
OPTIONS = {"times", "code", "text", "seconds", "effect"}


@control.get("")
def listed() -> ResponseReturnValue:
    sim = world()
    with sim.lock:
        return jsonify({"items": [fault.as_json() for fault in sim.memory.faults]})


@control.post("")
def order() -> ResponseReturnValue:
    """Order a fault for `path` (with `*`): `kind`, `times` (null: always), `code`, `seconds`.

    `effect: true` lets the call do its work before the answer is lost.
    """
    sim, data = world(), body()
    kind = str(data.get("kind", "errcode"))
    if not data.get("path") or kind not in set(FaultKind):
        fail(422, "要有 path，kind 为 " + "、".join(FaultKind))
    options = {name: data[name] for name in OPTIONS & set(data)}
    for name, of in NUMBERS.items():
        if options.get(name) is not None:
            options[name] = of(number(options, name, 0))
    with sim.lock:
        fault = sim.memory.faults.add(str(data["path"]), kind, **options)
        return jsonify(fault.as_json()), 201


@control.delete("")
@control.delete("/<int:number>")
def clear(number: int | None = None) -> ResponseReturnValue:
    sim = world()
    with sim.lock:
        sim.memory.faults.clear(number)
    return "", 204
