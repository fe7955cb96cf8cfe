"""Access tokens of both platforms: issuing, overlap and expiry."""

import secrets
from dataclasses import dataclass
from enum import StrEnum

from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.quotas import today

LIFETIME = 7200
OVERLAP = 300  # an old token lives on this long beside its successor
FORCED_A_DAY = 20
FORCED_APART = 30


class Platform(StrEnum):
    WECHAT = "wechat"
    WECOM = "wecom"


@dataclass(slots=True)
class Token:
    value: str
    platform: Platform
    expires_at: float
    replaced_until: float | None = None


class TokenDesk:
    """`token` and `stable_token` are isolated from each other; WeCom's stays the same for its life."""

    def __init__(self) -> None:
        self._issued: dict[str, Token] = {}
        self._current: dict[str, Token] = {}
        self._forced: list[float] = []

    def _issue(self, line: str, platform: Platform, now: float) -> Token:
        token = Token(f"{line}_{secrets.token_urlsafe(60)}", platform, now + LIFETIME)
        self._issued[token.value] = token
        self._current[line] = token
        return token

    def _replace(self, line: str, platform: Platform, now: float) -> Token:
        if old := self._current.get(line):
            old.replaced_until = min(old.expires_at, now + OVERLAP)
        return self._issue(line, platform, now)

    def plain(self, now: float) -> Token:
        return self._replace("token", Platform.WECHAT, now)

    def stable(self, now: float, *, force: bool) -> Token:
        current = self._current.get("stable")
        if force and current:
            self._count_force(now)
            return self._replace("stable", Platform.WECHAT, now)
        if current and current.expires_at - now > OVERLAP:
            return current
        return self._issue("stable", Platform.WECHAT, now)

    def _count_force(self, now: float) -> None:
        if self._forced and now - self._forced[-1] < FORCED_APART:
            raise Refusal(45011)
        if sum(today(at) == today(now) for at in self._forced) >= FORCED_A_DAY:
            raise Refusal(45009)
        self._forced.append(now)

    def wecom(self, now: float) -> Token:
        current = self._current.get("wecom")
        if current and current.expires_at > now:
            return current
        return self._issue("wecom", Platform.WECOM, now)

    def platform_of(self, value: str) -> Platform | None:
        token = self._issued.get(value)
        return token.platform if token else None

    def check(self, value: str, now: float) -> None:
        if not value:
            raise Refusal(41001)
        token = self._issued.get(value)
        if token is None:
            raise Refusal(40014)
        if now >= token.expires_at:
            raise Refusal(42001)
        if token.replaced_until is not None and now >= token.replaced_until:
            raise Refusal(40001)

    def spoil(self, now: float, *, how: str) -> None:
        """End all tokens: `expire` answers 42001 from now on, `replace` 40001, `forget` 40014."""
        for token in self._issued.values():
            if how == "expire":
                token.expires_at = now
            elif how == "replace":
                token.replaced_until = now
        if how == "forget":
            self._issued.clear()
        self._current.clear()
