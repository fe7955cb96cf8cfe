"""Words from a voice message over HTTP, from a speech service (docs/voice-port.md)."""

from dataclasses import dataclass
from typing import Annotated

import httpx
from pydantic import Field, TypeAdapter, ValidationError

from bot.platforms.http import bearer
from bot.voice import Heard, NoRecogniserError, UnheardError
from config.breaker import Breaker, RestingError
from config.voice import VoiceRules

MAX_BODY = 1 << 16
# The service has heard it and can make nothing of it: asking again would not help.
HOPELESS = {
    httpx.codes.REQUEST_ENTITY_TOO_LARGE,
    httpx.codes.UNSUPPORTED_MEDIA_TYPE,
    httpx.codes.UNPROCESSABLE_ENTITY,
}


@dataclass(frozen=True, slots=True)
class WireWords:
    text: Annotated[str, Field(max_length=2000)]
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.0


SHAPE = TypeAdapter(WireWords)


class SpeechService:
    """Asks the service; after several failures in a row it is left alone for a while."""

    def __init__(self, http: httpx.Client, rules: VoiceRules, token: str) -> None:
        self._http = http
        self._rules = rules
        self._headers = bearer(token)
        self._breaker = Breaker(rules.failures, rules.rest_seconds)

    def hear(self, audio: bytes, mime: str) -> Heard:
        """Raises NoRecogniserError where asking again may help, UnheardError where not."""

        def ask() -> Heard:
            return self._read(self._post(audio, mime))

        try:
            return self._breaker.call(ask, failure=NoRecogniserError)
        except RestingError as error:
            raise NoRecogniserError("the speech service rests") from error

    def _post(self, audio: bytes, mime: str) -> bytes:
        headers = {**self._headers, "Content-Type": mime}
        rules = self._rules
        try:
            with self._http.stream(
                "POST", rules.url, content=audio, headers=headers, timeout=rules.timeout_seconds
            ) as answer:
                if answer.status_code in HOPELESS:
                    raise UnheardError("the speech service cannot use this audio")
                if answer.status_code != httpx.codes.OK:
                    raise NoRecogniserError(f"the speech service answers {answer.status_code}")
                return _bounded(answer)
        except httpx.HTTPError as error:
            raise NoRecogniserError("the speech service gives no answer") from error

    def _read(self, body: bytes) -> Heard:
        try:
            wire = SHAPE.validate_json(body)
        except ValidationError as error:
            raise NoRecogniserError("the speech service answers something else") from error
        if not wire.text.strip():
            raise UnheardError("the speech service heard no words")
        return Heard(wire.text.strip(), wire.confidence)


def _bounded(answer: httpx.Response) -> bytes:
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > MAX_BODY:
            raise NoRecogniserError("the speech service answers too much")
    return bytes(body)
