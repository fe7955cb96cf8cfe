"""Servers of a benchmark: a real PostgreSQL, and granian with an application."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

STARTING = 60.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def granian(
    target: str, environ: dict[str, str], *, workers: int = 1, python: str = sys.executable
) -> Iterator[int]:
    """Serve a factory `module:function` in processes of their own; gives the port."""
    port = free_port()
    code = (
        f"from bot.serving import serve_web; "
        f"serve_web('127.0.0.1:{port}', target={target!r}, workers={workers})"
    )
    process = subprocess.Popen([python, "-c", code], env={**os.environ, **environ})
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + STARTING
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError("the server ended while starting")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
                line.sendall(b"GET /healthz HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n")
                if line.recv(100):
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not answer in time")
