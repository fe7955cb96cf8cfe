"""The whole product for a scenario: web, worker, Redis, database, and the simulator as platform."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from werkzeug.serving import make_server

from bot import log, wiring
from bot.app import create_app
from bot.chores import CHORES
from bot.demo_setup import demo_settings, simulator_config
from bot.parts import Parts
from bot.simulator import SimulatorServer
from bot.simulator.client import SimulatorClient
from bot.simulator.server import QuietHandler
from bot.worker import Worker
from config import redis as redis_settings
from config.clock import Clock
from config.settings import Settings
from handlers.tickets.models import Ticket
from tests.support.city import KEYS, MORNING, clock_at, import_city, make_city
from tests.support.phones import Manager, Resident, eventually


@dataclass
class Product:
    """Everything running; `parts` for looking inside, `http` for what other systems do."""

    parts: Parts
    base: str
    simulator: SimulatorClient
    world: SimulatorServer
    http: httpx.Client
    number: int = field(default=0)

    def resident(self, name: str = "", **options: Any) -> Resident:
        self.number += 1
        body = {"name": name or f"住户{self.number}", **options}
        made = self.simulator.request("POST", "residents", json=body)
        return Resident(self.simulator, made["openid"])

    def manager(self, userid: str) -> Manager:
        return Manager(self.simulator, userid)

    def tickets(self, **where: Any) -> list[Ticket]:
        with self.parts.database.reading() as session:
            query = sa.select(Ticket).filter_by(**where).order_by(Ticket.id)
            found = list(session.scalars(query))
            session.expunge_all()
        return found

    def ticket(self, number: str) -> Ticket:
        return self.tickets(number=number)[0]

    def ticket_of(self, resident: Resident) -> Ticket:
        found = self.tickets(openid=resident.openid)
        assert len(found) == 1, f"{len(found)} tickets instead of one"
        return found[0]

    def becomes(self, number: str, state: str) -> Ticket:
        """The ticket, once it is in a state."""
        eventually(lambda: self.ticket(number).state == state, f"{number} {state}")
        return self.ticket(number)

    def switches(self, **options: Any) -> None:
        self.simulator.request("POST", "switches", json=options)

    def fails(self, path: str, kind: str, **options: Any) -> None:
        """The platform answers badly: see the simulator's README."""
        body = {"path": path, "kind": kind, **options}
        self.simulator.request("POST", "faults", json=body)


@contextmanager
def running(
    folder: Path,
    *,
    database_url: str = "",
    at: datetime = MORNING,
    has_city: bool = False,
    config_dir: Path | None = None,
) -> Iterator[Product]:
    """Start everything on loopback in the middle of the sample city's day.

    With `has_city` the database has the city already (see `make_city`).
    """
    folder.mkdir(parents=True, exist_ok=True)
    log.configure("INFO")
    clock = clock_at(at)
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = demo_settings(folder, base, KEYS)
        world = stack.enter_context(SimulatorServer(city_simulator(settings, base, clock)))
        platforms = dict.fromkeys(ADDRESSES, world.base)
        chosen = {"database_url": database_url, "config_dir": config_dir}
        settings = settings.model_copy(update={**platforms, **chosen})
        if not has_city:
            import_city(settings, clock)
        parts = wiring.build(settings, clock=clock)
        stack.callback(close, parts)
        serve(stack, parts, listener)
        worker = Worker(parts, redis_settings.source(settings), CHORES)
        worker.start()
        stack.callback(worker.stop)
        simulator = stack.enter_context(SimulatorClient(world.base))
        http = stack.enter_context(httpx.Client(base_url=base, trust_env=False, timeout=30))
        yield Product(parts, base, simulator, world, http)


ADDRESSES = ("wechat_api_base", "wechat_oauth_base", "wecom_api_base", "wecom_oauth_base")


def city_simulator(settings: Settings, base: str, clock: Clock) -> Any:
    """The simulator's configuration, with the product's clock and short waits."""
    config = simulator_config(settings, base)
    return replace(
        config,
        public_base="",
        clock=lambda: clock.now().timestamp(),
        retry_after=0.3,
    )


def serve(stack: ExitStack, parts: Parts, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    server = make_server(
        "127.0.0.1",
        port,
        create_app(parts),
        threaded=True,
        request_handler=QuietHandler,
        fd=listener.fileno(),
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    stack.callback(server.server_close)
    stack.callback(thread.join)
    stack.callback(server.shutdown)


def close(parts: Parts) -> None:
    parts.delivery.close()
    parts.redis.close()
    parts.database.close()


__all__ = [
    "KEYS",
    "MORNING",
    "Manager",
    "Product",
    "Resident",
    "clock_at",
    "eventually",
    "make_city",
    "running",
]
