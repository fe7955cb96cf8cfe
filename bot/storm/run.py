"""Let a storm come over the whole product: publish, watch, kill, and count what phones show.

One wide outage and many faults at once; half-way a worker is killed and Redis with all it holds
is gone, and people in danger write. Owners confirm as soon as they are asked.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from bot import schema, wiring
from bot.access import apikeys
from bot.conversation.registry import Registry
from bot.demo_setup import demo_settings, kept_keys
from bot.desks import Desks
from bot.simulator.client import SimulatorClient
from bot.storm import city as made_up
from bot.storm import report
from bot.storm.city import City
from bot.storm.processes import Processes, free_port, prepared
from bot.storm.report import Published, Report
from config import tables
from config.clock import CHINA, Clock
from config.database import Database
from config.settings import Settings
from handlers.customers.models import Binding, Customer, Resident
from handlers.registry.importer import import_registry
from notifier.models import OutboxMessage, OutboxState
from notifier.render import Renderer

Say = Callable[[str], None]

KILL_AT, REDIS_AT = 0.25, 0.5  # of all that is expected
DANGERS = 5
LOOK_SECONDS = 1.0
CONFIRM_SECONDS = 2.0
# After the last one: a message that is sent twice would come when its lease has ended.
LINGER_SECONDS = 5.0
PAGE = 5000
WORKERS = ("worker-1", "worker-2")


@dataclass(frozen=True, slots=True)
class Plan:
    """`faults` of one place each; a wide outage takes all other places."""

    city: City
    faults: int
    patience: float = 3600.0
    breaks_things: bool = True


@dataclass(slots=True)
class Storm:
    """One storm over one set of processes."""

    plan: Plan
    processes: Processes
    database: Database
    key: str
    say: Say
    published: list[Published] = field(default_factory=list)
    dangers: list[float] = field(default_factory=list)

    def blow(self) -> Report:
        with SimulatorClient(self.processes.simulator) as simulator, self._owners():
            started = self._now(simulator)
            publishing = threading.Thread(target=self._publish)
            publishing.start()
            self._watch(simulator)
            publishing.join()
            time.sleep(LINGER_SECONDS)
            tally = simulator.request("GET", "tally/shown")
        return report.judge(
            self.plan.city,
            self.published,
            tally,
            started_at=started,
            longest_danger=max(self.dangers, default=0.0),
        )

    def _watch(self, simulator: SimulatorClient) -> None:
        """Until all is shown or patience ends; trouble and danger come on the way."""
        total = self.plan.city.residents + self.plan.city.groups + self.plan.faults
        steps = self._troubles() + [
            ((number + 1) / (DANGERS + 1), lambda: self._danger(simulator))
            for number in range(DANGERS)
        ]
        steps.sort(key=lambda step: step[0])
        end = time.monotonic() + self.plan.patience
        while time.monotonic() < end:
            shown = simulator.request("GET", "tally")["bubbles"]
            while steps and shown >= steps[0][0] * total:
                steps.pop(0)[1]()
            if not steps and len(self.published) == self.plan.faults + 1 and not self._waiting():
                return
            time.sleep(LOOK_SECONDS)
        self.say("patience is at an end")

    def _troubles(self) -> list[tuple[float, Callable[[], None]]]:
        if not self.plan.breaks_things:
            return []
        return [(KILL_AT, self._kill_worker), (REDIS_AT, self._restart_redis)]

    def _kill_worker(self) -> None:
        self.say("killing the worker")
        self.processes.kill("worker-1")
        self.processes.start_worker("worker-1")

    def _restart_redis(self) -> None:
        self.say("restarting Redis")
        self.processes.restart_redis()

    def _waiting(self) -> int:
        states = (OutboxState.PENDING, OutboxState.AWAITING_OWNER)
        query = sa.select(sa.func.count()).where(
            OutboxMessage.state.in_(states), OutboxMessage.step != ""
        )
        with self.database.reading() as session:
            return session.scalar(query) or 0

    def _danger(self, simulator: SimulatorClient) -> None:
        """Someone writes that a person is being electrocuted; how long until the crew's card."""
        number = len(self.dangers)
        place = made_up.name(number % self.plan.city.places)
        before = len(simulator.phone("members", made_up.CREW))
        began = time.monotonic()
        simulator.send(f"有人触电了！{place}3栋", who=f"路人{number}")
        while len(simulator.phone("members", made_up.CREW)) == before:
            if time.monotonic() - began > self.plan.patience:
                break
            time.sleep(0.05)
        self.dangers.append(time.monotonic() - began)

    def _publish(self) -> None:
        """The wide outage first, then fault after fault, as duty officers would by the API."""
        places = self.plan.city.places
        now = datetime.now(CHINA)
        wide = tuple(range(self.plan.faults, places))
        with httpx.Client(
            base_url=f"{self.processes.base}/api/v1", timeout=120, trust_env=False
        ) as api:
            api.headers["Authorization"] = f"Bearer {self.key}"
            starts = now + timedelta(hours=10)
            late = {"late_reason": "台风", "slot_reason": "台风"}
            self._one(api, "temporary", wide, starts, **late)
            for place in range(self.plan.faults):
                self._one(api, "fault", (place,), now - timedelta(minutes=5))

    def _one(
        self, api: httpx.Client, kind: str, places: tuple[int, ...], starts: datetime, **more: str
    ) -> None:
        body = {
            "kind": kind,
            "area_codes": [made_up.area(place) for place in places],
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=6)).isoformat(),
            "reason": "台风刮倒线路",
            "by": "first",
            **more,
        }
        code = _done(api.post("/outages", json=body))["outage_code"]
        _done(api.post(f"/outages/{code}/approve", json={"by": "second"}))
        asked = time.time()
        _done(api.post(f"/outages/{code}/publish", json={"by": "first"}))
        self.published.append(Published(code, places, asked, time.time()))

    @contextmanager
    def _owners(self) -> Iterator[None]:
        """Owners of groups confirm whatever waits for them, again and again."""
        over = threading.Event()

        def confirm() -> None:
            with SimulatorClient(self.processes.simulator) as simulator:
                while not over.wait(CONFIRM_SECONDS):
                    simulator.confirm_all()

        thread = threading.Thread(target=confirm)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    @staticmethod
    def _now(simulator: SimulatorClient) -> float:
        return float(simulator.request("GET", "tally")["now"])


def run(
    plan: Plan,
    *,
    database_url: str = "",
    config_dir: Path | None = None,
    say: Say = lambda _: None,
) -> Report:
    """Make the city, start the processes, let it blow; nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="gridbot-storm-") as scratch:
        folder = Path(scratch)
        base = f"http://127.0.0.1:{free_port()}"
        settings = demo_settings(folder, base, kept_keys(folder))
        update = {"database_url": database_url, "config_dir": config_dir}
        settings = settings.model_copy(update=update)
        made_up.write(plan.city, folder / "city")
        database = wiring.open_database(settings)
        say("importing the city")
        key = _import(settings, database, plan.city, folder / "city")
        with prepared(settings, folder / "city") as processes:
            processes.start_web()
            for name in WORKERS:
                processes.start_worker(name)
            processes.wait()
            say("publishing")
            found = Storm(plan, processes, database, key, say).blow()
        database.close()
    return found


def _import(settings: Settings, database: Database, place_city: City, folder: Path) -> str:
    """The registry through its own door; that each resident has bound is written down."""
    schema.upgrade(database)
    desks = Desks(
        tables.load(), Clock(), Registry(database).gazetteer, Renderer(), settings.public_url, None
    )
    with database.scope() as session:
        desk = desks.at(session)
        done = import_registry(desk, folder)
        if done.faults:
            raise RuntimeError(f"the made-up city has faults: {done.faults[:3]}")
        session.flush()
        query = sa.select(Customer.account_tail, Customer.id).order_by(Customer.id)
        keys = [row.id for row in session.execute(query)]
        for start in range(0, len(keys), PAGE):
            _bind(session, keys[start : start + PAGE], start, desk.now)
        return apikeys.add(session, "storm", None, now=desk.now)


def _bind(session: Any, keys: list[int], start: int, now: datetime) -> None:
    who = [made_up.openid(start + number) for number in range(len(keys))]
    session.execute(
        sa.insert(Resident),
        [{"openid": openid, "first_seen_at": now, "last_seen_at": now} for openid in who],
    )
    session.execute(
        sa.insert(Binding),
        [
            {"openid": openid, "customer_id": key, "bound_at": now}
            for openid, key in zip(who, keys, strict=True)
        ],
    )


def _done(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_error:
        raise RuntimeError(f"{answer.request.url.path}: {answer.status_code} {answer.text[:300]}")
    return dict(answer.json())
