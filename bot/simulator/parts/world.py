"""One simulated world: all that the platforms remember, behind one lock."""

import csv
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot.simulator.crypto import Envelope
from bot.simulator.parts.cards import Cards
from bot.simulator.parts.clock import DAY, HOUR, MINUTE, Clock
from bot.simulator.parts.faults import Faults, Unruly
from bot.simulator.parts.groups import Group, GroupKind, Groups, MassTasks
from bot.simulator.parts.jobs import Jobs
from bot.simulator.parts.journal import Journal
from bot.simulator.parts.media import MediaStore
from bot.simulator.parts.people import Member, Members, Residents
from bot.simulator.parts.phones import Phones
from bot.simulator.parts.quotas import DailyQuota, RateWindow
from bot.simulator.parts.tokens import TokenDesk
from bot.simulator.settings import BodyFormat, SimulatorConfig

KINDS = {
    "wecom_webhook": GroupKind.WEBHOOK,
    "wecom_customer_group": GroupKind.CUSTOMER,
    "wecom_appchat": GroupKind.APPCHAT,
}
TEMPLATE_SENDS_A_DAY = 100_000
WEBHOOK_A_MINUTE = 20
MEMBER_A_MINUTE = 30
MEMBER_AN_HOUR = 1000
APPCHAT_MEMBER_A_MINUTE = 200


@dataclass(slots=True)
class OAuthCode:
    who: str
    until: float
    scope: str
    used: bool = False


@dataclass(slots=True)
class Memory:
    """What a reset forgets.

    `refused` counts API calls by path and errcode, `dropped` messages that were over a limit and
    vanished without a word.
    """

    residents: Residents
    members: Members
    groups: Groups
    journal: Journal
    phones: Phones = field(default_factory=Phones)
    media: MediaStore = field(default_factory=MediaStore)
    tasks: MassTasks = field(default_factory=MassTasks)
    cards: Cards = field(default_factory=Cards)
    faults: Faults = field(default_factory=Faults)
    unruly: Unruly = field(default_factory=Unruly)
    quotas: DailyQuota = field(
        default_factory=lambda: DailyQuota({"cgi-bin/message/template/send": TEMPLATE_SENDS_A_DAY})
    )
    rates: dict[str, RateWindow] = field(
        default_factory=lambda: {
            "webhook": RateWindow(WEBHOOK_A_MINUTE, MINUTE),
            "member": RateWindow(MEMBER_A_MINUTE, MINUTE),
            "member_hour": RateWindow(MEMBER_AN_HOUR, HOUR),
            "appchat": RateWindow(APPCHAT_MEMBER_A_MINUTE, MINUTE),
            "remind": RateWindow(3, DAY),
        }
    )
    templates: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent_once: dict[str, tuple[float, Any]] = field(default_factory=dict)
    oauth: dict[str, OAuthCode] = field(default_factory=dict)
    mass: dict[int, dict[str, Any]] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    scenes: dict[str, str] = field(default_factory=dict)
    response_urls: dict[str, dict[str, Any]] = field(default_factory=dict)
    in_flight: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    last_pushes: dict[str, dict[str, Any]] = field(default_factory=dict)
    held: list[Callable[[], object]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)


class World:
    """The state, the lock before it, the clock, and the threads that post events later."""

    def __init__(self, config: SimulatorConfig) -> None:
        self.config = config
        self.lock = threading.RLock()
        self.clock = Clock(config.clock)
        self.product_url = config.product_url.rstrip("/")
        self.mode = config.wechat.mode
        self.body_format = BodyFormat.XML
        self.tokens = TokenDesk()
        self.menu: dict[str, Any] = {}
        self.http = httpx.Client(trust_env=False, timeout=config.callback_timeout)
        self.jobs = Jobs()
        self._sequence = int(config.clock() * 1000)
        self.memory = self._fresh()

    def _fresh(self) -> Memory:
        memory = Memory(
            residents=Residents(open_world=self.config.open_world),
            members=Members(open_world=self.config.open_world),
            groups=Groups(open_world=self.config.open_world),
            journal=Journal(self.config.journal_limit),
        )
        if self.config.city:
            populate(memory, self.config.city)
        return memory

    def reset(self) -> None:
        """Forget everything but tokens, the menu and the product's address."""
        with self.lock:
            self.memory = self._fresh()
            self.mode = self.config.wechat.mode
            self.body_format = BodyFormat.XML
            self.clock.offset = self.clock.callback_offset = 0.0

    def next_id(self) -> int:
        with self.lock:
            self._sequence += 1
            return self._sequence

    def now(self) -> float:
        return self.clock.now()

    def later(self, work: Callable[[], object]) -> None:
        self.jobs.later(work)

    def close(self) -> None:
        self.jobs.close()
        self.http.close()

    @property
    def wechat_envelope(self) -> Envelope:
        account = self.config.wechat
        return Envelope(account.token, account.aes_key, account.app_id)

    @property
    def wecom_envelope(self) -> Envelope:
        app = self.config.wecom
        return Envelope(app.token, app.aes_key, app.corp_id)

    @property
    def aibot_envelope(self) -> Envelope:
        bot = self.config.aibot
        return Envelope(bot.token, bot.aes_key, "")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def populate(memory: Memory, city: Path) -> None:
    """Take members and groups from a city's staff.csv and groups.csv."""
    for row in _rows(city / "staff.csv"):
        memory.members.add(Member(row["userid"], row["name"], row["phone"], row["role"]))
    for row in _rows(city / "groups.csv"):
        kind = KINDS[row["channel"]]
        owner = row["owner_userid"]
        members = [owner] if owner else []
        memory.groups.add(Group(row["target"], kind, row["name"], owner, members))
