"""Residents who follow the Official Account, and members of the company."""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.parts.quotas import ReplyWindow


@dataclass(slots=True)
class Resident:
    openid: str
    name: str
    subscribed: bool = True
    subscribed_at: float = 0.0
    scene: str = ""
    blocks_templates: bool = False
    window: ReplyWindow = field(default_factory=ReplyWindow)
    subscriptions: Counter[str] = field(default_factory=Counter)
    mass_sent: Counter[str] = field(default_factory=Counter)
    tags: list[int] = field(default_factory=list)
    last_exchange: float = 0.0
    typing_until: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return {
            "openid": self.openid,
            "name": self.name,
            "subscribed": self.subscribed,
            "scene": self.scene,
            "blocks_templates": self.blocks_templates,
            "quota": {"remaining": self.window.remaining, "until": self.window.until},
        }


@dataclass(slots=True)
class Member:
    userid: str
    name: str
    mobile: str = ""
    role: str = ""
    active: bool = True

    def as_json(self) -> dict[str, Any]:
        return {
            "userid": self.userid,
            "name": self.name,
            "role": self.role,
            "active": self.active,
        }


class Residents:
    def __init__(self, *, open_world: bool) -> None:
        self._open = open_world
        self._all: dict[str, Resident] = {}

    def add(self, name: str = "", openid: str = "", *, now: float) -> Resident:
        openid = openid or "o" + secrets.token_urlsafe(20)[:27]
        name = name or f"居民{len(self._all) + 1}"
        return self._all.setdefault(openid, Resident(openid, name, subscribed_at=now))

    def get(self, openid: str) -> Resident | None:
        return self._all.get(openid)

    def addressed(self, openid: str, now: float) -> Resident | None:
        """Find whom the product writes to; an open world makes up who is missing."""
        if openid not in self._all and self._open and openid:
            return self.add(openid=openid, now=now)
        return self._all.get(openid)

    def all(self) -> list[Resident]:
        return list(self._all.values())


class Members:
    def __init__(self, *, open_world: bool) -> None:
        self._open = open_world
        self._all: dict[str, Member] = {}

    def add(self, member: Member) -> Member:
        self._all[member.userid] = member
        return member

    def addressed(self, userid: str) -> Member | None:
        if userid not in self._all and self._open and userid:
            self._all[userid] = Member(userid, userid)
        member = self._all.get(userid)
        return member if member and member.active else None

    def get(self, userid: str) -> Member | None:
        return self._all.get(userid)

    def all(self) -> list[Member]:
        return list(self._all.values())
