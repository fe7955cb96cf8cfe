"""Every message counts once: redelivered, while web, worker and Redis are killed again and again.

`python -m bench deliveries --count 1000000` is the long run; CI runs a slice of it.
"""

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import sqlalchemy as sa

from bench import fleet, pushes
from bench.figures import Figure
from bench.fleet import BLOWS, Fleet
from bench.pushes import Message, Platform, Tally
from bot.conversation.models import InboxMessage, Utterance
from config.ciphers import FieldCipher
from config.database import Database
from handlers.tickets.models import Ticket
from notifier.models import OutboxMessage, OutboxState
from tests.support import postgres
from tests.support.city import KEYS, make_city

SETTLING_SECONDS = 300.0
TELLING = 50_000  # a line among so many deliveries
AT_ONCE = 7  # every seventh message comes twice at the same moment


@dataclass(frozen=True, slots=True)
class Plan:
    """So many messages; `reports`: one in so many is a fault.

    `again`: how likely a message comes once more. `a_blow`: among how many each blow falls.
    """

    count: int = 20_000
    webs: int = 3
    workers: int = 3
    clients: int = 12
    reports: int = 100
    people: int = 2_000
    again: float = 0.3
    a_blow: int = 2_000
    seed: int = 7

    def messages(self) -> Iterator[Message]:
        return (Message(number, self.reports, self.people) for number in range(self.count))


@dataclass(slots=True)
class Outcome:
    """What is wrong stands in `faults`, empty where everything happened once."""

    messages: int
    deliveries: int
    seconds: float
    blows: dict[str, int]
    slowest_end: float
    late: int
    tickets: int
    sent: int
    sent_again: int
    faults: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        blows = ", ".join(f"{number} × {name}" for name, number in sorted(self.blows.items()))
        return (
            f"{self.messages:,} messages in {self.deliveries:,} deliveries, {self.messages / self.seconds:.0f}/s;"
            f" {blows or 'no blow'}, the slowest end {self.slowest_end:.0f} s;"
            f" {self.tickets:,} tickets; {self.late} answered after more than"
            f" {pushes.TRIES} tries; {self.sent:,} sends, {self.sent_again} of them again (ADR 6)"
        )


def run(plan: Plan) -> list[Figure]:
    outcome = survive(plan)
    faults = "; ".join(outcome.faults) or "0 lost, 0 double"
    return [Figure("deliveries under kills", faults, outcome.text, None, "0 lost, 0 double")]


def survive(plan: Plan) -> Outcome:
    """Run the plan on a fresh PostgreSQL with the sample city."""
    with (
        tempfile.TemporaryDirectory(prefix="gridbot-") as scratch,
        postgres.running() as server,
        postgres.fresh_database(server) as address,
    ):
        make_city(Path(scratch), database_url=address)
        return attack(plan, Path(scratch), address)


def attack(plan: Plan, folder: Path, address: str) -> Outcome:
    """Run the plan on a database that has the city; counts what is there in the end."""
    tally, database = Tally(), Database(address, FieldCipher((KEYS.field_key,)))
    with fleet.running(folder, address, webs=plan.webs, workers=plan.workers) as ours:
        began = time.perf_counter()
        _deliver(plan, ours, tally)
        seconds = time.perf_counter() - began
        unsent = _settle(database)
        seen = fleet.seen(ours)
        outcome = Outcome(
            plan.count,
            tally.deliveries,
            seconds,
            dict(ours.blows),
            ours.slowest_end,
            tally.late,
            tickets=len(_tickets(database)),
            sent=seen["calls"],
            sent_again=seen["again"],
        )
        outcome.faults = list(_faults(plan, tally, database, seen, unsent))
    database.close()
    return outcome


def _deliver(plan: Plan, ours: Fleet, tally: Tally) -> None:
    """Round by round, each with its blow; each kind of blow once before any comes again."""
    chance, due, told = random.Random(plan.seed), [], 0
    platforms = [
        Platform(ours.settings, list(ours.ports.values()), plan.seed + number, plan.again)
        for number in range(plan.clients)
    ]
    messages = plan.messages()
    while among := list(islice(messages, plan.a_blow)):
        due = due or chance.sample(BLOWS, len(BLOWS))
        with fleet.struck(ours, due.pop(), chance):
            _round(among, platforms, tally)
        if tally.deliveries // TELLING > told:
            told = tally.deliveries // TELLING
            sys.stderr.write(f"{tally.deliveries:,} deliveries\n")
    for platform in platforms:
        platform.close()


def _round(messages: list[Message], platforms: list[Platform], tally: Tally) -> None:
    """Each message once, or twice at the same moment by two clients."""
    waiting: SimpleQueue[Message] = SimpleQueue()
    for message in messages:
        waiting.put(message)
        if message.number % AT_ONCE == 0:
            waiting.put(message)

    def work(platform: Platform) -> None:
        while True:
            try:
                platform.deliver(waiting.get_nowait(), tally)
            except Empty:
                return

    with ThreadPoolExecutor(len(platforms)) as pool:
        list(pool.map(work, platforms))


def _settle(database: Database) -> int:
    """Wait until nothing is due, leased or to be tried again soon; how many are still unsent."""
    waiting = sa.select(sa.func.count()).where(OutboxMessage.state == OutboxState.PENDING)
    due = waiting.where(OutboxMessage.due_at <= sa.func.now() + sa.text("interval '10 minutes'"))
    end = time.monotonic() + SETTLING_SECONDS
    while True:
        with database.reading() as session:
            left = session.scalar(due) or 0
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.5)


def _tickets(database: Database) -> list[tuple[str, str]]:
    """The openid and number of each ticket."""
    with database.reading() as session:
        rows = session.execute(sa.select(Ticket.openid, Ticket.number)).all()
    return [(row.openid or "", row.number) for row in rows]


def _faults(
    plan: Plan, tally: Tally, database: Database, seen: dict[str, Any], unsent: int
) -> Iterator[str]:
    unanswered = [number for number in range(plan.count) if number not in tally.said]
    wrote = _count(plan)
    tickets = _tickets(database)
    owners = [openid for openid, _ in tickets]
    reporters = {message.openid for message in plan.messages() if message.is_report}
    untold = {number for _, number in tickets} - set(seen["tickets"])
    with database.reading() as session:
        inbox = session.scalar(sa.select(sa.func.count()).select_from(InboxMessage)) or 0
        said = sa.select(Utterance.user_id, sa.func.count()).where(Utterance.speaker == "resident")
        kept = {row[0]: row[1] for row in session.execute(said.group_by(Utterance.user_id))}
        dead = sa.select(sa.func.count()).where(OutboxMessage.state == OutboxState.DEAD)
        died = session.scalar(dead) or 0
    lost = sum(max(0, number - kept.get(who, 0)) for who, number in wrote.items())
    double = sum(max(0, number - wrote.get(who, 0)) for who, number in kept.items())
    found = {
        "never answered": len(unanswered),
        "answered differently": len(tally.differing),
        "lost": lost,
        "double": double,
        "deliveries kept more or less than once": abs(inbox - plan.count),
        "reports without a ticket": len(reporters - set(owners)),
        "tickets too many": len(owners) - len(set(owners) & reporters),
        "tickets whose card never came": len(untold),
        "messages to people still unsent": unsent,
        "messages to people given up": died,
    }
    return (f"{number} {what}" for what, number in found.items() if number)


def _count(plan: Plan) -> dict[str, int]:
    """How many messages each person writes."""
    wrote: dict[str, int] = {}
    for message in plan.messages():
        wrote[message.openid] = wrote.get(message.openid, 0) + 1
    return wrote
