"""The WeCom application's callback: verify, decrypt, parse, respond, encrypt."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response

from bot.callbacks import doors, saying
from bot.callbacks.reading import read
from bot.platforms.envelope import Envelope
from config.clock import Clock
from handlers.dialogue.turn import Door, Inbound, Reply

PATH = "/wecom/callback"


def blueprint(envelope: Envelope, respond: Callable[[Inbound], Reply], clock: Clock) -> Blueprint:
    """The door; WeCom encrypts everything, the check of the URL too."""
    pages = Blueprint("wecom_callback", __name__)
    doors.guard(pages)

    @pages.get(PATH)
    def verify() -> Response:
        return doors.plain_text(doors.open_echo(envelope, clock.now()))

    @pages.post(PATH)
    def receive() -> Response:
        now = clock.now()
        push = doors.open_push(envelope, now)
        inbound = read(push.fields, Door.WECOM_APP, now)
        return doors.answer(inbound, respond, partial(saying.passive, envelope, push, inbound, now))

    return pages
