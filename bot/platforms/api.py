"""An API that wants an access token: the current one, and one more try with a new one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from bot.platforms.errors import STALE, PlatformRefusedError
from bot.platforms.http import Answer, Api, Media
from bot.platforms.tokens import TokenProvider

log = structlog.get_logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TokenApi:
    """`Api` with `access_token` in the query of each call."""

    api: Api
    tokens: TokenProvider

    def get(self, path: str, **params: str | int) -> Answer:
        return self._with_token(lambda token: self.api.get(path, access_token=token, **params))

    def post(self, path: str, body: Answer) -> Answer:
        return self._with_token(lambda token: self.api.post(path, body, access_token=token))

    def download(self, path: str, **params: str | int) -> Media:
        return self._with_token(lambda token: self.api.download(path, access_token=token, **params))

    def _with_token(self, call: Callable[[str], T]) -> T:
        token = self.tokens.token()
        try:
            return call(token)
        except PlatformRefusedError as refusal:
            if refusal.code not in STALE:
                raise
        try:
            return call(self.tokens.replace(token))  # a second refusal is told: no loop
        except PlatformRefusedError as refusal:
            if refusal.code in STALE:
                log.warning("platform_token_refused_twice", code=refusal.code)
            raise
