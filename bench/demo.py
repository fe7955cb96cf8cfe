"""From starting the demo to the first reply, and the memory of all its processes."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figures import Figure
from bench.servers import free_port
from bot.simulator.client import SimulatorClient, SimulatorError

PATIENCE = 120.0
MEGABYTE = 1024


def run() -> list[Figure]:
    """The model is trained and the city imported before; what is timed is a usual start."""
    with tempfile.TemporaryDirectory() as folder:
        _first_reply(folder)
        seconds, memory = _first_reply(folder)
    return [
        Figure("demo, start to first reply", f"{seconds:.1f} s", "", None, "≤ 10 s"),
        Figure("demo, memory of all processes", f"{memory:.0f} MB", "", None, "≤ 400 MB"),
    ]


def _first_reply(folder: str) -> tuple[float, float]:
    port = free_port()
    command = [sys.executable, "-m", "bot", "demo", "--no-browser"]
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--port", str(port), "--data", folder], stdout=subprocess.DEVNULL
    )
    try:
        with SimulatorClient(f"http://127.0.0.1:{port}/sim") as simulator:
            while True:
                try:
                    simulator.send("你好")
                    break
                except SimulatorError:
                    if time.perf_counter() - began > PATIENCE:
                        raise
                    time.sleep(0.1)
        seconds = time.perf_counter() - began
        time.sleep(3)
        return seconds, _memory(process.pid, folder)
    finally:
        process.terminate()
        process.wait(30)


def _memory(pid: int, folder: str) -> float:
    """Proportional set size of the process and of the Redis of its folder, in megabytes."""
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace")
            if int(entry.name) != pid and "redis-server" not in words and folder not in words:
                continue
            rollup = (entry / "smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(
            int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")
        )
    return total / MEGABYTE
