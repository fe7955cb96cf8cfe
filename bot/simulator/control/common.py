"""What the control API's parts share: reading JSON, refusing, doing things in the background."""

import math
from collections.abc import Callable
from typing import Any, NoReturn

from flask import abort, jsonify, make_response, request
from flask.typing import ResponseReturnValue

from bot.simulator.parts.world import World


def body() -> dict[str, Any]:
    data = request.get_json(silent=True)
    return data if isinstance(data, dict) else {}


def fail(status: int, text: str) -> NoReturn:
    abort(make_response(jsonify({"error": text}), status))


def number(data: dict[str, Any], name: str, default: float) -> float:
    """A number of the body; what is none is refused with its name."""
    given = data.get(name, default)
    try:
        value = float(given)
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        fail(422, f"{name} 应为数字")
    return value


def after() -> int:
    return request.args.get("after", 0, int)


def run(sim: World, data: dict[str, Any], work: Callable[[], Any]) -> ResponseReturnValue:
    """Do it and tell how it went; with `"wait": false` do it in the background."""
    if data.get("wait", True):
        return jsonify(work())
    sim.later(work)
    return jsonify({"queued": True}), 202
