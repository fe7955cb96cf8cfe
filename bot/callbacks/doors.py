"""What the three callbacks share: size, age and signature of a push, refusals, own trouble."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from bot.conversation import sorry
from bot.platforms import xml
from bot.platforms.envelope import Envelope, ForgedError, Opened
from bot.platforms.xml import Fields, UnreadableError
from handlers.dialogue.turn import Inbound, Reply

log = structlog.get_logger(__name__)

MAX_BODY = 64 << 10
MAX_DRAINED = 1 << 20
MAX_AGE = 600  # seconds between the platform's clock and ours, either way
TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)
SUCCESS = "success"  # both platforms: taken, and nothing to say (被动回复)


class TooLongError(Exception):
    """The body is longer than any push of a platform."""


@dataclass(frozen=True, slots=True)
class Push:
    """An opened push. `key` sealed it and seals the reply; empty in plain mode."""

    fields: Fields
    key: str = ""
    is_json: bool = False


REFUSALS: dict[type[Exception], int] = {ForgedError: 403, TooLongError: 413, UnreadableError: 400}


def guard(pages: Blueprint) -> None:
    """Map what goes wrong in this blueprint: refusals to their status, our own trouble to words."""
    for kind in REFUSALS:
        pages.register_error_handler(kind, _refuse)
    pages.register_error_handler(Exception, _apologise)


def answer(
    inbound: Inbound, respond: Callable[[Inbound], Reply], say: Callable[[Reply], Response]
) -> Response:
    """Respond and say it; the words for our own trouble are ready before anything can go wrong."""
    g.apology = lambda: say(sorry.reply(inbound, None))
    return say(respond(inbound))


def _refuse(error: Exception) -> Response:
    status = REFUSALS[type(error)]
    log.warning("push_refused", path=request.path, status=status, why=str(error))
    return Response(status=status)


def _apologise(error: Exception) -> ResponseReturnValue:
    """Never silence: a resident who gets no 200 reads the platform's fault text."""
    if isinstance(error, HTTPException):
        return error.get_response()
    log.error("callback_failed", path=request.path, exc_info=error)
    if "apology" in g:
        said: Response = g.apology()
        return said
    return plain_text(SUCCESS)


def arg(name: str) -> str:
    return request.args.get(name, "")


def read_body() -> bytes:
    """The body, up to 64 KB; a longer one is read off in part, so that the sender sees our 413."""
    body = request.stream.read(MAX_BODY + 1)
    if len(body) > MAX_BODY or (request.content_length or 0) > MAX_BODY:
        request.stream.read(MAX_DRAINED)
        raise TooLongError("body over 64 KB")
    return body


def check_age(now: datetime) -> None:
    stamp = arg("timestamp")
    if not TIMESTAMP.fullmatch(stamp) or abs(now.timestamp() - int(stamp)) > MAX_AGE:
        raise ForgedError("timestamp more than ten minutes off")


def check_plain(envelope: Envelope) -> None:
    """Check `signature`, which covers the query alone."""
    envelope.check(arg("signature"), arg("timestamp"), arg("nonce"))


def open_echo(envelope: Envelope, now: datetime) -> str:
    """The text that WeCom wants back when a URL is entered in its console."""
    check_age(now)
    return _text(_unseal(envelope, arg("echostr")).message)


def open_sealed(envelope: Envelope, now: datetime, *, name: str = "Encrypt") -> tuple[bytes, str]:
    """The decrypted message of this request and its key; nothing else of the body is looked at."""
    body = read_body()
    check_age(now)
    if "signature" in request.args:  # the Official Account signs the query besides the body
        check_plain(envelope)
    if not arg("msg_signature"):
        raise ForgedError("no msg_signature")
    sealed = xml.word(xml.read(body), name)
    if not sealed:
        raise UnreadableError("no sealed part")
    opened = _unseal(envelope, sealed)
    return opened.message, opened.key


def open_push(envelope: Envelope, now: datetime) -> Push:
    """A push of the Official Account or the WeCom application, in whichever mode is set."""
    if envelope.is_plain:
        body, key = read_body(), ""
        check_age(now)
        check_plain(envelope)
    else:
        body, key = open_sealed(envelope, now)
    return Push(xml.read(body), key, xml.is_json(_text(body)))


def plain_text(text: str) -> Response:
    return Response(text, mimetype="text/plain")


def _unseal(envelope: Envelope, sealed: str) -> Opened:
    envelope.check(arg("msg_signature"), arg("timestamp"), arg("nonce"), sealed)
    return envelope.open(sealed)


def _text(message: bytes) -> str:
    try:
        return message.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("not UTF-8") from error
