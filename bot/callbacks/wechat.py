"""The Official Account's callback: verify, decrypt, parse, respond, encrypt."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response

from bot.callbacks import doors, saying
from bot.callbacks.reading import read
from bot.platforms.envelope import Envelope
from config.clock import Clock
from handlers.dialogue.turn import Door, Inbound, Reply

PATH = "/wechat/callback"


def blueprint(envelope: Envelope, respond: Callable[[Inbound], Reply], clock: Clock) -> Blueprint:
    """The door; `envelope.keys` decides between plain and encrypted mode."""
    pages = Blueprint("wechat_callback", __name__)
    doors.guard(pages)

    @pages.get(PATH)
    def verify() -> Response:
        """The console's check of the URL: its echostr is plain in every mode."""
        doors.check_age(clock.now())
        doors.check_plain(envelope)
        return doors.plain_text(doors.arg("echostr"))

    @pages.post(PATH)
    def receive() -> Response:
        now = clock.now()
        push = doors.open_push(envelope, now)
        inbound = read(push.fields, Door.OFFICIAL_ACCOUNT, now)
        return doors.answer(inbound, respond, partial(saying.passive, envelope, push, inbound, now))

    return pages
