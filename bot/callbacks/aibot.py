"""The group bot's callback (智能机器人, URL mode, JSON): verify, decrypt, parse, respond, encrypt."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response

from bot.callbacks import aibot_saying, doors
from bot.callbacks.aibot_reading import read
from bot.platforms import xml
from bot.platforms.envelope import Envelope
from config.clock import Clock
from handlers.dialogue.turn import Inbound, Reply

PATH = "/aibot/callback"


def blueprint(envelope: Envelope, respond: Callable[[Inbound], Reply], clock: Clock) -> Blueprint:
    pages = Blueprint("aibot_callback", __name__)
    doors.guard(pages)

    @pages.get(PATH)
    def verify() -> Response:
        return doors.plain_text(doors.open_echo(envelope, clock.now()))

    @pages.post(PATH)
    def receive() -> Response:
        now = clock.now()
        message, key = doors.open_sealed(envelope, now, name="encrypt")
        inbound = read(xml.read(message), now)
        say = partial(aibot_saying.passive, envelope, key, doors.arg("nonce"), inbound, now)
        return doors.answer(inbound, respond, say)

    return pages
