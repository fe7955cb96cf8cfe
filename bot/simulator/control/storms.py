"""A storm: many residents at once, each with a sentence of their own."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from bot.simulator.control.common import body, fail, number
from bot.simulator.gateway import world
from bot.simulator.parts.people import Resident
from bot.simulator.parts.world import World
from bot.simulator.wechat.inbound import send

control = Blueprint("storms", __name__, url_prefix="/api")
TEXTS = ("停电了", "怎么没电了", "家里没电了，什么时候来电", "整栋楼都停电了")
MOST = 20_000
MOST_AT_ONCE = 64


def _blow(sim: World, people: list[Resident], texts: list[str], at_once: int) -> dict[str, Any]:
    def one(numbered: tuple[int, Resident]) -> tuple[bool, float]:
        number, resident = numbered
        started = time.monotonic()
        outcome = send(sim, resident, {"content": texts[number % len(texts)]})
        return bool(outcome.get("reply")), time.monotonic() - started

    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        outcomes = list(pool.map(one, enumerate(people)))
    waits = sorted(seconds for _, seconds in outcomes)
    return {
        "sent": len(outcomes),
        "answered": sum(answered for answered, _ in outcomes),
        "seconds": round(time.monotonic() - started, 2),
        "median_wait": round(waits[len(waits) // 2], 3),
        "longest_wait": round(waits[-1], 3),
    }


@control.post("/storm")
def storm() -> ResponseReturnValue:
    """Let `count` new residents write `texts` in turn, `at_once` of them at the same time."""
    sim, data = world(), body()
    count, at_once = int(number(data, "count", 50)), int(number(data, "at_once", 8))
    if not (0 < count <= MOST and 0 < at_once <= MOST_AT_ONCE):
        fail(422, f"count 1–{MOST}，at_once 1–{MOST_AT_ONCE}")
    texts = [str(text) for text in data.get("texts", [])] or list(TEXTS)
    with sim.lock:
        people = [sim.memory.residents.add(now=sim.now()) for _ in range(count)]
    return jsonify(_blow(sim, people, texts, at_once))
