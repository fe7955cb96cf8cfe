"""The product as an operator runs it, web, worker and simulator, each a process that may die."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import redis

from config.redis import EmbeddedRedis
from config.settings import PREFIX, Settings

START_SECONDS = 300  # generous: the machine may be busy with much else
GRIDBOT = (sys.executable, "-m", "bot")
ADDRESSES = ("wechat_api_base", "wechat_oauth_base", "wecom_api_base", "wecom_oauth_base")


class NotStartedError(Exception):
    """A process did not come up; its log says why."""


@dataclass(slots=True)
class Processes:
    """`settings` lead to the simulator that runs; `kill` ends a process as the kernel does."""

    settings: Settings
    simulator: str
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return self.settings.public_url

    def start_web(self) -> None:
        self._start("web", "serve", "--bind", self.base.removeprefix("http://"))

    def start_worker(self, name: str) -> None:
        self._start(name, "worker")

    def wait(self) -> None:
        """Until the web process answers and a worker has given a sign."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with suppress(httpx.HTTPError):
                answer = httpx.get(f"{self.base}/readyz", timeout=5, trust_env=False)
                if answer.is_success and "worker" not in answer.json()["degraded"]:
                    return
            time.sleep(0.2)
        raise NotStartedError(f"see the logs in {self.settings.data_dir}")

    def kill(self, name: str) -> None:
        """SIGKILL to the process and all it started."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def restart_redis(self) -> None:
        """Kill the redis-server with all it holds, and let a new, empty one begin."""
        source = EmbeddedRedis(self.settings.data_dir)
        source.ensure()
        with suppress(redis.RedisError), source.client() as client:
            client.execute_command("SHUTDOWN", "NOSAVE")
        source.ensure()
        source.release()

    def _start(self, name: str, *arguments: str) -> None:
        with (self.settings.data_dir / f"{name}.log").open("ab") as output:
            self.running[name] = subprocess.Popen(  # noqa: S603 - our own program
                [*GRIDBOT, *arguments],
                env=environ(self.settings),
                start_new_session=True,
                stdout=output,
                stderr=output,
            )


@contextmanager
def prepared(settings: Settings, city: Path) -> Iterator[Processes]:
    """The simulator runs; web and worker are still to be started."""
    command = [sys.executable, "-m", "bot.simulator", "--product", settings.public_url]
    simulator = subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--city", str(city)], env=environ(settings), stdout=subprocess.PIPE
    )
    with simulator:
        first = simulator.stdout.readline() if simulator.stdout is not None else b""
        address = first.decode().strip().removesuffix("/sim/")
        found = settings.model_copy(update=dict.fromkeys(ADDRESSES, address))
        processes = Processes(found, address)
        try:
            yield processes
        finally:
            for name in list(processes.running):
                processes.kill(name)
            simulator.kill()


def environ(settings: Settings) -> dict[str, str]:
    """The environment of a process with these settings and no others of ours."""
    found = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        value = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        if value not in (None, ""):
            found[PREFIX + name.upper()] = str(value)
    return found | {f"{PREFIX}SURVEY_DELAY": "P1D", f"{PREFIX}LOG_LEVEL": "WARNING"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
