"""Runs a simulator on a thread of its own, on loopback."""

import socket
import threading
from dataclasses import replace
from types import TracebackType
from typing import Self

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from bot.simulator.app import create_simulator
from bot.simulator.parts.world import World
from bot.simulator.settings import SimulatorConfig

POLL_SECONDS = 0.05  # how long a stop may go unnoticed


class QuietHandler(WSGIRequestHandler):
    """Keeps connections alive, as the platforms do, and logs nothing: access tokens stand in URLs."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The journal has it already."""


class SimulatorServer:
    """`with SimulatorServer(config) as simulator:` serves at `simulator.base` until it leaves.

    Port 0 takes any free one. The product's address may be told later with `connect`, because a
    product usually wants to know the simulator's address first.
    """

    def __init__(self, config: SimulatorConfig, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self._socket = socket.create_server((host, port))
        self.base = f"http://{host}:{self._socket.getsockname()[1]}"
        public = config.public_base or self.base
        self.app = create_simulator(replace(config, public_base=public))
        self._server: BaseWSGIServer = make_server(
            host,
            port,
            self.app,
            threaded=True,
            request_handler=QuietHandler,
            fd=self._socket.fileno(),
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True
        )

    @property
    def world(self) -> World:
        found: World = self.app.extensions["simulator"]
        return found

    def connect(self, product_url: str) -> None:
        """Say where the product's callbacks are from now on."""
        self.world.product_url = product_url.rstrip("/")

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._socket.close()
        self.world.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
