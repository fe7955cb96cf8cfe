"""Kill the worker at points nobody chose: everything is sent, and little of it twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.clock import Clock
from notifier.models import Channel, OutboxMessage, OutboxState
from notifier.outbox import put
from tests.support import doomed_worker, other_system
from tests.support.desks import make_database
from tests.support.other_system import OtherSystem
from tests.support.senders import outgoing
from tests.support.workers import eventually

MESSAGES, TARGETS, KILLS = 200, 40, 4
THREADS = 8
ROOT = Path(doomed_worker.__file__).parents[2]


@pytest.fixture
def system() -> Iterator[OtherSystem]:
    with other_system.running() as running:
        running.seconds = 0.02
        yield running


def start(folder: Path, url: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, doomed_worker.__file__, str(folder), url]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
    )


def kill(worker: subprocess.Popen[bytes]) -> None:
    with worker:
        worker.send_signal(signal.SIGKILL)


def fill(database, system: OtherSystem) -> None:
    posts = [
        outgoing(f"{n:03}", f"{system.address}/{n % TARGETS}", channel=Channel.WEBHOOK_OUT)
        for n in range(MESSAGES)
    ]
    with database.scope() as session:
        put(session, posts, now=Clock().now())


def texts(system: OtherSystem) -> list[str]:
    return [json.loads(body)["text"] for _headers, body in system.got]


def left(database) -> int:
    with database.scope() as session:
        waiting = sa.select(sa.func.count()).where(OutboxMessage.state != OutboxState.SENT)
        return session.scalar(waiting)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_worker_that_is_killed_again_and_again_loses_nothing(
    kind, request, tmp_path, redis_process, system
):
    url = request.getfixturevalue(f"{kind}_url")
    database = make_database(tmp_path, url=url)
    fill(database, system)
    for _ in range(KILLS):
        so_far = len(system.got)
        worker = start(redis_process.socket.parent, url)
        eventually(lambda: len(system.got) > so_far)  # noqa: B023
        time.sleep(random.uniform(0, 0.2))
        kill(worker)
    worker = start(redis_process.socket.parent, url)
    assert eventually(lambda: left(database) == 0, seconds=60)
    kill(worker)
    database.close()
    got = texts(system)
    assert set(got) == {f"{n:03}" for n in range(MESSAGES)}
    for target in range(TARGETS):
        firsts = list(dict.fromkeys(text for text in got if int(text) % TARGETS == target))
        assert firsts == sorted(firsts)
    # Twice comes only what was on its way, or not yet written down, when it was killed.
    assert len(got) - MESSAGES <= KILLS * 4 * THREADS


@pytest.mark.slow
def test_a_worker_that_is_asked_to_end_sends_nothing_twice(
    tmp_path, sqlite_url, redis_process, system
):
    database = make_database(tmp_path, url=sqlite_url)
    fill(database, system)
    for _ in range(3):
        so_far = len(system.got)
        with start(redis_process.socket.parent, sqlite_url) as worker:
            eventually(lambda: len(system.got) > so_far)  # noqa: B023
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) == 0
        assert MESSAGES - left(database) == len(system.got)
    with start(redis_process.socket.parent, sqlite_url) as worker:
        assert eventually(lambda: left(database) == 0, seconds=60)
        worker.send_signal(signal.SIGTERM)
    database.close()
    assert sorted(texts(system)) == [f"{n:03}" for n in range(MESSAGES)]
