"""The product as an operator runs it: web, worker and simulator, each a process that may be killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

import config
from bot.demo_setup import CITY, demo_settings
from bot.storm.processes import environ, free_port
from config.settings import PREFIX
from tests.support.product import KEYS

ROOT = Path(__file__).parents[2]
GRIDBOT = (sys.executable, "-c", "from bot.cli import main; main()")
START_SECONDS = 180
# A killed worker's messages come due again soon; a member may get many in a minute.
HURRIED = {
    "lease_seconds = 60": "lease_seconds = 2",
    "delays = [2, 10,": "delays = [1, 1, 1, 1, 2, 10,",
    "member_per_minute = 30": "member_per_minute = 100000",
    "member_per_hour = 1000": "member_per_hour = 100000",
}


@dataclass
class Processes:
    """`start` them by name, `kill` them as the kernel does, start them again."""

    folder: Path
    base: str
    simulator: str
    environ: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(
            [*GRIDBOT, *arguments],
            cwd=ROOT,
            env=self.environ,
            start_new_session=True,
            stdout=log,
            stderr=log,
        )
        log.close()

    def start_web(self) -> None:
        self.start("web", "serve", "--bind", self.base.removeprefix("http://"))

    def start_worker(self) -> None:
        self.start("worker", "worker")

    def kill(self, name: str) -> None:
        """SIGKILL to the process and all it started."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")


@contextmanager
def prepared(folder: Path, database_url: str) -> Iterator[Processes]:
    """The simulator runs; web and worker are still to be started on a database that exists."""
    base = f"http://127.0.0.1:{free_port()}"
    settings = demo_settings(folder, base, KEYS)
    environment = environ(settings) | {
        "GRIDBOT_CONFIG_DIR": str(hurried_tables(folder)),
        "PYTHONPATH": str(ROOT),
    }
    environment["GRIDBOT_DATABASE_URL"] = database_url
    command = [sys.executable, "-m", "bot.simulator", "--product", base, "--city", str(CITY)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as simulator:
        assert simulator.stdout is not None
        address = simulator.stdout.readline().decode().strip().removesuffix("/sim/")
        environment |= {f"{PREFIX}{name}": address for name in ADDRESSES}
        processes = Processes(folder, base, address, environment)
        try:
            yield processes
        finally:
            for name in list(processes.running):
                processes.kill(name)
            simulator.kill()


ADDRESSES = ("WECHAT_API_BASE", "WECHAT_OAUTH_BASE", "WECOM_API_BASE", "WECOM_OAUTH_BASE")


def hurried_tables(folder: Path) -> Path:
    text = (Path(config.__file__).parent / "channels.toml").read_text(encoding="utf-8")
    for old, new in HURRIED.items():
        assert old in text, old
        text = text.replace(old, new)
    tables = folder / "tables"
    tables.mkdir()
    (tables / "channels.toml").write_text(text, encoding="utf-8")
    return tables


def wait_for(
    url: str, headers: Mapping[str, str] | None = None, seconds: float = START_SECONDS
) -> None:
    """Until the web process answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(httpx.HTTPError):
            if httpx.get(url, headers=headers, timeout=5, trust_env=False).is_success:
                return
        time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")
