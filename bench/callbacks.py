"""The full path of a message against the bare encrypted echo, on the same server and machine."""

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import load, mix, shares
from bench.figures import Figure
from bench.servers import granian
from config.settings import Settings
from tests.support import postgres

MESSAGES, WARMING = 1000, 400
ROUNDS = 3
CLIENTS = 16


def run() -> list[Figure]:
    """One process each, else the settings of `gridbot serve`; echo and full path take turns."""
    with tempfile.TemporaryDirectory() as scratch, postgres.running() as server:
        with postgres.fresh_database(server) as address:
            settings = mix.prepared(Path(scratch), address)
            echo = {
                "ECHO_TOKEN": settings.wechat_token.get_secret_value(),
                "ECHO_KEY": mix.KEYS.wechat_aes,
                "ECHO_APP": settings.wechat_app_id,
            }
            with (
                granian("bench.echo:load", echo) as bare,
                granian("bot.wsgi:load", mix.environ(settings)) as full,
            ):
                questions = _compare("questions", mix.QUESTIONS, bare, full, settings)
                evening = _compare("an evening's mix", mix.EVENING, bare, full, settings)
            return [*questions, *evening, *shares.run(settings)]


def _compare(
    what: str, kinds: Sequence[mix.Kind], bare: int, full: int, settings: Settings
) -> list[Figure]:
    """Medians of some rounds, in each of which the echo runs right before the full path."""
    for port in (bare, full):
        load.run(port, mix.requests(settings, kinds, WARMING), clients=CLIENTS)
    rounds = [
        [
            load.run(port, mix.requests(settings, kinds, MESSAGES), clients=CLIENTS)
            for port in (bare, full)
        ]
        for _ in range(ROUNDS)
    ]
    echoed, answered = (
        statistics.median(one.rate for one in each) for each in zip(*rounds, strict=True)
    )
    half = load.run(
        full, mix.requests(settings, kinds, MESSAGES), clients=CLIENTS, rate=answered / 2
    )
    no_echo, failed = (sum(one.failed for one in each) for each in zip(*rounds, strict=True))
    return [
        Figure(
            f"full path, {what} (PostgreSQL, a durable commit each)",
            f"{answered:.0f}/s, {failed} failed",
            f"{echoed:.0f}/s bare echo, {no_echo} failed",
            statistics.median(one.rate / echo.rate for echo, one in rounds),
            "≥ 0.25",
        ),
        Figure(
            f"full path at half load, {what}",
            f"p50 {half.percentile(0.5):.1f} ms, p99 {half.percentile(0.99):.1f} ms",
            "",
            None,
            "p99 ≤ 100 ms",
        ),
    ]
