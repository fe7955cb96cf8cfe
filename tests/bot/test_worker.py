"""The worker with a real Redis, on SQLite and PostgreSQL."""

import threading
import time
from datetime import timedelta

import pytest
import redis
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot import process_state
from bot.jobs import Timer, is_ending
from bot.nudge import Nudge
from bot.process_state import ProcessState
from config.clock import Clock
from notifier.models import OutboxMessage, OutboxState
from notifier.outbox import BULK, DANGER, FAULT, put
from tests.support.desks import NOW
from tests.support.senders import Recorder, outgoing
from tests.support.workers import BrokenRedis, eventually, make_parts, working


def add(database, *messages) -> None:
    with database.scope() as session:
        put(session, list(messages), now=Clock().now())


def unsent(database) -> int:
    with database.scope() as session:
        waiting = sa.select(sa.func.count()).where(OutboxMessage.state == OutboxState.PENDING)
        return session.scalar(waiting)


def test_what_is_put_into_the_outbox_leaves_through_redis(database, redis, redis_process):
    channel = Recorder()
    add(database, *(outgoing(f"{n:03}", f"to{n % 7}") for n in range(250)))
    with working(make_parts(database, channel), redis_process):
        assert eventually(lambda: len(channel.sent) == 250), len(channel.sent)
        assert eventually(lambda: unsent(database) == 0)
    assert channel.tried == 250
    for target in {shipment.target for shipment in channel.sent}:
        got = [s.payload["text"] for s in channel.sent if s.target == target]
        assert got == sorted(got)


def test_a_nudge_after_the_commit_makes_it_leave_at_once(database, redis, redis_process):
    channel = Recorder()
    nudge = Nudge(redis)
    with working(make_parts(database, channel), redis_process):
        for number in range(3):
            add(database, outgoing(f"{number}"))
            nudge()
            assert eventually(lambda: len(channel.sent) == number + 1)  # noqa: B023


@pytest.mark.parametrize("priority", [BULK, FAULT])
def test_danger_does_not_wait_behind_a_batch(database, redis, redis_process, priority):
    channel = Recorder(seconds=0.05)
    add(database, *(outgoing(f"{n}", f"to{n}", priority=priority) for n in range(200)))
    with working(make_parts(database, channel), redis_process):
        assert eventually(lambda: len(channel.sent) > 10)
        add(database, outgoing("触电", "he", priority=DANGER))
        assert eventually(lambda: "触电" in channel.texts)
        assert len(channel.sent) < 200
        assert eventually(lambda: unsent(database) == 0)


def test_without_redis_messages_are_delivered_all_the_same(database, redis_process):
    channel = Recorder()
    source = BrokenRedis(redis_process)
    add(database, *(outgoing(f"{n}", f"to{n}") for n in range(30)))
    with working(make_parts(database, channel), source):
        assert eventually(lambda: len(channel.sent) == 30)
        source.is_away = False
        add(database, outgoing("回来了"))
        assert eventually(lambda: "回来了" in channel.texts)
    assert channel.tried == 31


def test_a_nudge_without_redis_harms_nobody():
    away = redis.Redis(host="127.0.0.1", port=9)
    nudge = Nudge(away)
    for _ in range(1000):
        nudge()


def test_the_worker_outlives_the_database(database, redis, redis_process, monkeypatch):
    channel, away = Recorder(), threading.Event()
    scope = type(database).reading

    def reading(self):
        if away.is_set():
            raise OperationalError("SELECT 1", {}, Exception("the server closed the connection"))
        return scope(self)

    monkeypatch.setattr(type(database), "reading", reading)
    away.set()
    with working(make_parts(database, channel), redis_process):
        add(database, outgoing("一"))
        assert not eventually(lambda: bool(channel.sent), seconds=1)
        away.clear()
        assert eventually(lambda: bool(channel.sent))


def test_a_timer_runs_in_one_of_several_workers_at_a_time(database, redis, redis_process):
    ran: list[int] = []
    timers = {"count": Timer(3600, lambda _parts: ran.append(1))}
    with (
        working(make_parts(database, Recorder()), redis_process, timers),
        working(make_parts(database, Recorder()), redis_process, timers),
    ):
        assert eventually(lambda: bool(ran))
        eventually(lambda: len(ran) > 1, seconds=1)
    assert ran == [1]


def test_a_timer_that_fails_runs_again_and_disturbs_no_other(database, redis, redis_process):
    ran: list[str] = []

    def fail(parts) -> None:
        ran.append("fails")
        raise KeyError("a bug")

    timers = {
        "fails": Timer(0.2, fail),
        "works": Timer(0.2, lambda _parts: ran.append("works")),
    }
    with working(make_parts(database, Recorder()), redis_process, timers):
        assert eventually(lambda: min(ran.count("fails"), ran.count("works")) >= 2)


def test_a_timer_may_run_after_each_nudge(database, redis, redis_process):
    ran: list[int] = []
    timers = {"bills": Timer(3600, lambda _parts: ran.append(1), on_nudge=True)}
    with working(make_parts(database, Recorder()), redis_process, timers):
        assert eventually(lambda: len(ran) == 1)
        Nudge(redis)()
        assert eventually(lambda: len(ran) == 2)


def test_what_goes_batch_after_batch_ends_with_the_worker(database, redis, redis_process):
    batches = []

    def count(_: object) -> None:
        while not is_ending():
            batches.append(time.monotonic())
            time.sleep(0.01)

    timers = {"figures": Timer(3600, count)}
    with working(make_parts(database, Recorder()), redis_process, timers):
        assert eventually(lambda: len(batches) > 1)
    assert batches[-1] < time.monotonic(), "a worker that is never done could not be stopped"


def test_a_timers_own_nudge_wakes_the_relay_and_not_the_timer(database, redis, redis_process):
    ran: list[int] = []
    channel, nudge = Recorder(), Nudge(redis)

    def tick(_parts) -> None:
        ran.append(1)
        add(database, outgoing(f"{len(ran)}"))
        nudge()

    timers = {"outages": Timer(3600, tick, on_nudge=True)}
    with working(make_parts(database, channel), redis_process, timers):
        assert eventually(lambda: channel.texts == ["1"])
        assert not eventually(lambda: len(ran) > 1, seconds=1)


def test_a_turn_is_taken_once_an_interval(database):
    every = timedelta(seconds=30)
    turns = []
    for seconds in (0, 1, 28, 29, 60):
        with database.scope() as session:
            now = NOW + timedelta(seconds=seconds)
            turns.append(process_state.take_turn(session, "timer:x", now, every))
    assert turns == [True, False, True, False, True]


def test_a_heartbeat_says_that_the_worker_lives(database, redis, redis_process):
    def beats() -> bool:
        with database.scope() as session:
            return session.get(ProcessState, "relay") is not None

    with working(make_parts(database, Recorder()), redis_process):
        assert eventually(beats)
