"""Call a platform's API over one keep-alive client and read its answers, also the strange ones."""

import json
import logging
import re
from dataclasses import dataclass
from typing import Any

import httpx
import structlog

from bot.platforms.errors import (
    AGAIN,
    STALE,
    Outcomes,
    PlatformRefusedError,
    PlatformUnreachableError,
)

log = structlog.get_logger(__name__)

TIMEOUT = httpx.Timeout(5.0, connect=3.0)
KEEP_ALIVE = httpx.Limits(max_connections=40, max_keepalive_connections=20, keepalive_expiry=20)
MAX_MEDIA = 25 << 20  # WeCom's largest file is 20 MB
# `, hint: […], from ip: …` and ` rid: …` name our address and the request; the words come before.
TAIL = re.compile(r",? (hint|rid): .*", re.DOTALL)

Answer = dict[str, Any]


def new_client(timeout: httpx.Timeout = TIMEOUT) -> httpx.Client:
    """One client for a process; threads may share it.

    Its own logging is turned down: it would write URLs, and they hold tokens and secrets.
    """
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx.Client(timeout=timeout, limits=KEEP_ALIVE, trust_env=False)


def bearer(token: str) -> dict[str, str]:
    """Headers of a call for JSON; without a token none is shown, an empty one is no header."""
    shown = {"Authorization": f"Bearer {token}"} if token else {}
    return {**shown, "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Media:
    """A file that was fetched from a platform by its media id."""

    content: bytes
    mime: str


@dataclass(frozen=True, slots=True)
class Api:
    """One platform's API at its base address. No error of it tells a URL or a parameter."""

    base: str
    client: httpx.Client
    outcomes: Outcomes

    def get(self, path: str, **params: str | int) -> Answer:
        return self._read(path, self._exchange("GET", path, params, None))

    def post(self, path: str, body: Answer, **params: str | int) -> Answer:
        """Send JSON as raw UTF-8: the Official Account shows an escaped character as written."""
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        return self._read(path, self._exchange("POST", path, params, content))

    def download(self, path: str, **params: str | int) -> Media:
        """A file; the platform answers JSON instead where it refuses."""
        response = self._exchange("GET", path, params, None)
        mime = response.headers.get("content-type", "").partition(";")[0].strip()
        if mime in {"application/json", "text/plain"}:
            self._read(path, response)
            raise PlatformUnreachableError(f"{path}: no file in the answer")
        if not response.is_success or mime == "text/html":
            raise PlatformUnreachableError(f"{path}: HTTP {response.status_code}, {mime}")
        return Media(response.content, mime)

    def _exchange(
        self, method: str, path: str, params: dict[str, str | int], content: bytes | None
    ) -> httpx.Response:
        headers = {"Content-Type": "application/json; charset=utf-8"} if content else None
        try:
            with self.client.stream(
                method, f"{self.base}/{path}", params=params, content=content, headers=headers
            ) as response:
                return httpx.Response(
                    response.status_code,
                    headers=_plain_headers(response),
                    content=bounded(path, response),
                )
        except httpx.HTTPError as error:
            raise PlatformUnreachableError(f"{path}: {type(error).__name__}") from error

    def _read(self, path: str, response: httpx.Response) -> Answer:
        try:
            answer = json.loads(response.content)
        except ValueError as error:
            raise PlatformUnreachableError(
                f"{path}: HTTP {response.status_code} without JSON"
            ) from error
        if not isinstance(answer, dict):
            raise PlatformUnreachableError(f"{path}: no object in the answer")
        code = answer.get("errcode", 0)
        if code:
            raise self._refusal(path, code, str(answer.get("errmsg", "")))
        if not response.is_success:
            raise PlatformUnreachableError(f"{path}: HTTP {response.status_code}")
        return answer

    def _refusal(self, path: str, code: object, message: str) -> Exception:
        if not isinstance(code, int):
            return PlatformUnreachableError(f"{path}: errcode is no number")
        refusal = PlatformRefusedError(
            f"{TAIL.sub('', message)[:200]} ({path})", code, self.outcomes.get(code, AGAIN)
        )
        if refusal.is_alarm and code not in STALE:
            log.error("platform_settings_refused", path=path, code=code)
        return refusal


def _plain_headers(response: httpx.Response) -> dict[str, str]:
    return {"content-type": response.headers.get("content-type", "")}


def bounded(path: str, response: httpx.Response) -> bytes:
    """The body of an answer; raises PlatformUnreachableError for one that is too long."""
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > MAX_MEDIA:
            raise PlatformUnreachableError(f"{path}: the answer is too long")
    return bytes(content)
