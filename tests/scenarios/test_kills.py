"""Web and worker are killed at points nobody chose, under redeliveries: everything happens once."""

import random
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.access import apikeys
from bot.simulator.client import SimulatorClient
from config.ciphers import FieldCipher
from config.clock import Clock
from config.database import Database
from handlers.tickets.models import Ticket
from tests.support import postgres
from tests.support.phones import APOLOGY, eventually, text_of
from tests.support.processes import Processes, prepared, wait_for
from tests.support.product import KEYS

TOLD, AT_ONCE = 40, 6
WEB_KILLS, WORKER_KILLS, SEED = 2, 3, 20261127
MESSAGES = {"sqlite": 150, "postgres": 500}
PLACES = (
    "印染厂宿舍2栋",
    "针织小区1栋",
    "东风新村7栋",
    "锦绣江南3栋",
    "棉纺二厂宿舍6栋",
    "纺织新苑4栋",
)
THREE_DAYS = 3 * 24 * 3600


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        copy = tmp_path / "killed.sqlite3"
        shutil.copy(request.getfixturevalue("city_file"), copy)
        yield f"sqlite:///{copy}"
        return
    server = request.getfixturevalue("postgres_process")
    template = request.getfixturevalue("city_in_postgres")
    with postgres.fresh_database(server, template=template) as address:
        yield address


def killing(processes: Processes, name: str, start: Callable[[], None], times: int) -> None:
    """Kill and start again, at moments that a seed chose."""
    chance = random.Random(f"{SEED}{name}")
    for _ in range(times):
        time.sleep(chance.uniform(0.5, 4.0))
        processes.kill(name)
        start()
        if name == "web":
            wait_for(f"{processes.base}/readyz")


def report(simulator: SimulatorClient, number: int) -> tuple[str, set[str]]:
    """Write until answered, as a resident does; give the openid and every reply."""
    place = PLACES[number % len(PLACES)]
    openid = simulator.request("POST", "residents", json={"name": f"住户{number}"})["openid"]
    outcome = simulator.request(
        "POST", f"residents/{openid}/send", json={"content": f"{place}家里空开跳闸推不上去"}
    )
    while not replies_of(outcome):
        outcome = simulator.request("POST", f"residents/{openid}/resend")
    return openid, replies_of(outcome)


def ask_again(simulator: SimulatorClient, openid: str) -> tuple[str, set[str]]:
    """The platform delivers the same message once more."""
    return openid, replies_of(simulator.request("POST", f"residents/{openid}/resend"))


def replies_of(outcome: dict[str, Any]) -> set[str]:
    """What was answered; 「没记上」 is no answer but the request to write again."""
    shown = {text_of(reply) for reply in outcome["replies"] if reply and not reply.get("broken")}
    return {text for text in shown if APOLOGY not in text}


@pytest.mark.slow
def test_every_request_is_one_ticket_however_often_processes_die(
    database_url: str, tmp_path: Path
) -> None:
    messages = MESSAGES["sqlite" if database_url.startswith("sqlite") else "postgres"]
    database = Database(database_url, FieldCipher((KEYS.field_key,)))
    with database.scope() as session:
        key = apikeys.add(session, "dispatch", None, now=Clock().now())
    with (
        prepared(tmp_path, database_url) as processes,
        SimulatorClient(processes.simulator) as simulator,
    ):
        processes.start_web()
        processes.start_worker()
        wait_for(f"{processes.base}/readyz")
        simulator.request("POST", "switches", json={"duplicate": 50, "concurrent": 50})
        with ThreadPoolExecutor(AT_ONCE + 2) as pool:
            killers = [
                pool.submit(killing, processes, "web", processes.start_web, WEB_KILLS),
                pool.submit(killing, processes, "worker", processes.start_worker, WORKER_KILLS),
            ]
            said = dict(pool.map(lambda number: report(simulator, number), range(messages)))
            for killer in killers:
                killer.result()
            again = dict(pool.map(lambda openid: ask_again(simulator, openid), said))
        differing = [openid for openid in said if len(said[openid] | again[openid]) != 1]
        assert not differing, [(said[o], again[o]) for o in differing[:2]]
        numbers = numbers_of(database)
        assert len(said) == messages
        assert set(numbers) == set(said), "a ticket for each, and none besides"
        told = sorted(numbers)[:TOLD]
        simulator.request("POST", "clock", json={"forward": THREE_DAYS})
        accept_all(processes, key, [numbers[openid] for openid in told])
        killing(processes, "worker", processes.start_worker, 1)
        for openid in told:
            shown = eventually(lambda o=openid: accepted(simulator, o), "the step", seconds=150)
            assert shown == 1, "the platform drops a template it was sent before"
    database.close()


def numbers_of(database: Database) -> dict[str | None, str]:
    """The ticket of each resident; fails where one has two."""
    with database.reading() as session:
        rows = session.execute(sa.select(Ticket.openid, Ticket.number)).all()
    assert len({row.openid for row in rows}) == len(rows)
    return {row.openid: row.number for row in rows}


def accept_all(processes: Processes, key: str, numbers: list[str]) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=processes.base, headers=headers, trust_env=False) as http:
        for number in numbers:
            body = {"action": "accept", "by": "liuxiaoyan"}
            answer = http.post(f"/api/v1/tickets/{number}/events", json=body, timeout=30)
            assert answer.status_code == 200, answer.text


def accepted(simulator: SimulatorClient, openid: str) -> int:
    """How many template messages say that the ticket was taken on."""
    bubbles = simulator.phone("residents", openid)
    return sum(bubble["via"] == "template" and "已接单" in text_of(bubble) for bubble in bubbles)
