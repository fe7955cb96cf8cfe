"""Groups of three kinds, and the mass-message tasks that wait for a group's owner."""

import calendar
import secrets
from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from bot.simulator.parts.quotas import month


class GroupKind(StrEnum):
    CUSTOMER = "customer"
    WEBHOOK = "webhook"
    APPCHAT = "appchat"


@dataclass(slots=True)
class Group:
    """`target` is the webhook key, the appchat's chatid or the customer group's chat_id."""

    target: str
    kind: GroupKind
    name: str
    owner: str = ""
    members: list[str] = field(default_factory=list)
    removed: bool = False
    foreign: bool = False
    received: Counter[str] = field(default_factory=Counter)
    member_version: int = 1

    def as_json(self) -> dict[str, Any]:
        fields = asdict(self)
        fields["received"] = dict(self.received)
        return fields

    def may_receive(self, now: float) -> bool:
        """A customer group takes as many mass messages a month as the month has days."""
        year, number = map(int, month(now).split("-"))
        return self.received[month(now)] < calendar.monthrange(year, number)[1]


class Groups:
    def __init__(self, *, open_world: bool) -> None:
        self._open = open_world
        self._all: dict[str, Group] = {}

    def add(self, group: Group) -> Group:
        self._all[group.target] = group
        return group

    def get(self, target: str) -> Group | None:
        return self._all.get(target)

    def addressed(self, target: str, kind: GroupKind) -> Group | None:
        if target not in self._all and self._open and target:
            self.add(Group(target, kind, f"群 {target[-6:]}"))
        group = self._all.get(target)
        return group if group and group.kind is kind and not group.removed else None

    def all(self, kind: GroupKind | None = None) -> list[Group]:
        return [group for group in self._all.values() if kind is None or group.kind is kind]


class SendState(IntEnum):
    """`get_groupmsg_send_result`'s status."""

    UNSENT = 0
    SENT = 1
    NOT_FRIEND = 2
    QUOTA_USED = 3


@dataclass(slots=True)
class MassTask:
    msgid: str
    chat_type: str
    sender: str
    targets: list[str]
    text: str
    attachments: list[dict[str, Any]]
    created_at: float
    confirmed_at: float | None = None
    cancelled: bool = False
    reminded: list[float] = field(default_factory=list)
    results: dict[str, tuple[SendState, float]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        fields = asdict(self)
        fields["results"] = {key: int(state) for key, (state, _) in self.results.items()}
        return fields


class MassTasks:
    def __init__(self) -> None:
        self._all: dict[str, MassTask] = {}

    def add(self, **fields: Any) -> MassTask:
        task = MassTask(msgid="msgGCAAA" + secrets.token_urlsafe(12), **fields)
        self._all[task.msgid] = task
        return task

    def get(self, msgid: str) -> MassTask | None:
        return self._all.get(msgid)

    def all(self) -> list[MassTask]:
        return list(self._all.values())

    def waiting(self, sender: str) -> list[MassTask]:
        return [
            task
            for task in self._all.values()
            if task.sender == sender and task.confirmed_at is None and not task.cancelled
        ]
