"""A real redis-server for the tests of one session, and a clean client for each test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from config.redis import EmbeddedRedis


@contextmanager
def running(folder: Path) -> Iterator[EmbeddedRedis]:
    """The embedded server in a folder, stopped at the end."""
    server = EmbeddedRedis(folder)
    server.ensure()
    try:
        yield server
    finally:
        server.release()


@contextmanager
def clean_client(server: EmbeddedRedis) -> Iterator[redis.Redis]:
    """A client of an emptied server."""
    with server.client() as client:
        client.flushall()
        yield client
