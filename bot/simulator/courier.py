"""Posts pushes to the product as the platforms do: five seconds, three times, and unruly on order."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import httpx

from bot.simulator.parts.world import World

DELIVERIES = 3
STALE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Push:
    """One request, signed for this moment; `decoded` is its plain content, for the inspector."""

    path: str
    query: dict[str, str]
    body: str
    decoded: str
    content_type: str = "text/xml"


@dataclass(frozen=True, slots=True)
class Attempt:
    """`status` None: no answer in time, or no connection; `error` says which."""

    status: int | None
    body: str
    error: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def stamp(sim: World) -> str:
    """Give the timestamp of a push; a stale one is an hour old."""
    with sim.lock:
        late = STALE_SECONDS if sim.memory.unruly.take("stale") else 0
    return str(sim.clock.stamp() - late)


def spoil(sim: World, given: str) -> str:
    """Turn a signature into a wrong one, if that is ordered."""
    with sim.lock:
        wrong = sim.memory.unruly.take("bad_signature")
    return given[::-1] if wrong else given


def post_once(sim: World, push: Push, note: str = "") -> Attempt:
    started = time.monotonic()
    status, body, error = None, "", ""
    try:
        response = sim.http.post(
            sim.product_url + push.path,
            params=push.query,
            content=push.body.encode(),
            headers={"Content-Type": push.content_type, "User-Agent": "Mozilla/4.0"},
        )
        status, body = response.status_code, response.text
    except httpx.TimeoutException:
        error = "timeout"
    except httpx.HTTPError as failure:
        error = type(failure).__name__
    seconds = time.monotonic() - started
    with sim.lock:
        sim.memory.journal.record(
            "callback", push.path,
            at=sim.now(), query=push.query, body=push.body, status=status, answer=body,
            milliseconds=seconds * 1000, note=" ".join(filter(None, (note, error))),
            decoded=push.decoded,
        )  # fmt: skip
    return Attempt(status, body, error, round(seconds, 3))


def post_thrice(
    sim: World, make: Callable[[], Push], *, retry_status: bool, note: str = ""
) -> list[Attempt]:
    """Deliver until it is taken, at most three times; WeCom does not retry a bad HTTP status."""
    attempts: list[Attempt] = []
    for number in range(1, DELIVERIES + 1):
        attempt = post_once(sim, make(), note if number == 1 else f"delivery {number}")
        attempts.append(attempt)
        failed = attempt.status is None or (retry_status and attempt.status != httpx.codes.OK)
        if not failed:
            break
        waits = max(0.0, sim.config.retry_after - attempt.seconds)
        if number < DELIVERIES and sim.jobs.pause(waits):
            break
    return attempts


def rounds(sim: World, make: Callable[[], Push], *, retry_status: bool) -> list[list[Attempt]]:
    """Deliver one message, and again where duplicates are ordered; none at all where it is lost."""
    unruly = sim.memory.unruly
    with sim.lock:
        if unruly.take("drop"):
            return []
        wait = unruly.delay_seconds if unruly.take("delay") else 0.0
        twice = unruly.take("duplicate")
        together = unruly.take("concurrent")
    sim.jobs.pause(wait)

    def deliver(note: str) -> list[Attempt]:
        return post_thrice(sim, make, retry_status=retry_status, note=note)

    if together:
        with ThreadPoolExecutor(max_workers=DELIVERIES) as pool:
            return list(pool.map(deliver, ["concurrent"] * DELIVERIES))
    first = deliver("")
    return [first, deliver("duplicate")] if twice else [first]


def in_order(sim: World, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Hold this message back until the next one has gone first, if that is ordered."""
    with sim.lock:
        if sim.memory.unruly.take("reorder"):
            sim.memory.held.append(work)
            return {"held": True}
    result = work()
    with sim.lock:
        held, sim.memory.held = sim.memory.held, []
    for late in held:
        sim.later(late)
    return result
