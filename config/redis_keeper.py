"""Run one redis-server for as long as any process holds the owners' lock; a program of its own.

It leaves its starter's session, so that a Ctrl-C or the death of whoever came first does not take
the server from the others. The lock is the kernel's: it falls with its holder, however that ends.
"""

import fcntl
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

START_SECONDS = 15.0


def keep(command: list[str], owners: Path, starting: Path) -> int:
    """Start the server, wait until nobody owns it, stop it."""
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own arguments
    threading.Thread(target=lambda: os._exit(server.wait() or 1), daemon=True).start()
    with owners.open("a") as owned, starting.open("a") as start:
        while True:
            fcntl.flock(owned, fcntl.LOCK_EX)
            fcntl.flock(owned, fcntl.LOCK_UN)
            # Whoever starts holds `starting` until it owns: look again when nobody can.
            fcntl.flock(start, fcntl.LOCK_EX)
            try:
                fcntl.flock(owned, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                fcntl.flock(start, fcntl.LOCK_UN)
                continue
            server.terminate()
            return server.wait(10)


def wait_until_answering(keeper: int, path: str) -> int:
    """0 as soon as the server takes connections, 1 when its keeper ended or it never does."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and os.waitpid(keeper, os.WNOHANG) == (0, 0):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            if probe.connect_ex(path) == 0:
                return 0
        time.sleep(0.01)
    return 1


def main(path: str, owners: str, starting: str, *command: str) -> int:
    keeper = os.fork()
    if keeper:
        return wait_until_answering(keeper, path)
    os.setsid()
    return keep(list(command), Path(owners), Path(starting))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
