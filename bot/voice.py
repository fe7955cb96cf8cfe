"""Hear voice messages as deliveries of the outbox, and answer them as if they had been typed.

The callback has answered long before: the voice is fetched, heard and answered one after the
other, none of it in the platform's five seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot import media_store
from bot.desks import Desks
from config.database import Database
from handlers.desk import Desk
from handlers.dialogue.turn import Door, Inbound, InboundKind, Reply
from handlers.tickets.models import Media
from notifier.errors import ChannelError
from notifier.models import Channel
from notifier.outbox import FAULT, NORMAL, Outgoing, put
from notifier.shipments import Receipt, Shipment


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of a voice message and how sure the recogniser is of them, 0 to 1."""

    text: str
    confidence: float


class NoRecogniserError(Exception):
    """The recogniser gives no usable answer; asking again may help."""


class UnheardError(Exception):
    """There are no words in it, or it cannot be read; asking again would not help."""


class Recogniser(Protocol):
    """The port to speech recognition: `mime` is the audio's type as the platform gave it."""

    def hear(self, audio: bytes, mime: str) -> Heard: ...


def ask(desk: Desk, media: Media) -> None:
    """Have a voice heard whose bytes are kept."""
    question = Outgoing(
        channel=Channel.RECOGNITION,
        target=str(media.id),
        kind="voice",
        payload={},
        key=f"voice:{media.id}",
        priority=NORMAL,
    )
    put(desk.session, [question], now=desk.now)


def tell_unheard(desk: Desk, media: Media) -> None:
    """Ask to type what could not be heard."""
    facts = {"hotline": desk.tables.contacts.hotline}
    _send(desk, media, "voice_unheard", desk.words.text("voice_unheard", "resident", facts))


class VoiceHearing:
    """The channel `recognition`. Target: the id of a voice that is kept."""

    def __init__(
        self,
        database: Database,
        desks: Desks,
        folder: Path,
        recogniser: Recogniser,
        respond: Callable[[Inbound], Reply],
    ) -> None:
        self._database = database
        self._desks = desks
        self._folder = folder
        self._recogniser = recogniser
        self._respond = respond

    def send(self, shipment: Shipment) -> Receipt:
        """Hear it, answer its words; who cannot be heard is asked to type."""
        with self._database.reading() as session:
            media = session.get(Media, int(shipment.target))
        if media is None or not media.openid:
            raise ChannelError("the voice is gone", permanent=True)
        try:
            audio = media_store.read(self._database, self._folder, media.path)
            heard = self._recogniser.hear(audio, media.content_type)
        except NoRecogniserError as error:
            if shipment.attempt < self._desks.tables.voice.tries:
                raise ChannelError(str(error), permanent=False) from error
            return self._unheard(media)
        except (UnheardError, FileNotFoundError):
            return self._unheard(media)
        reply = self._respond(_as_message(media, heard))
        with self._database.scope() as session:
            if reply.text:
                _send(self._desks.at(session), media, "voice_answer", reply.text)
        return Receipt("heard")

    def _unheard(self, media: Media) -> Receipt:
        with self._database.scope() as session:
            tell_unheard(self._desks.at(session), media)
        return Receipt("unheard")


def _as_message(media: Media, heard: Heard) -> Inbound:
    """The voice as a message of its own; the same key each time, so it is answered once."""
    return Inbound(
        Door.OFFICIAL_ACCOUNT,
        media.openid or "",
        f"voice:{media.id}",
        InboundKind.VOICE,
        media.received_at,
        text=heard.text,
        media_id=media.media_id,
        facts={"confidence": heard.confidence},
    )


def _send(desk: Desk, media: Media, kind: str, text: str) -> None:
    message = Outgoing(
        channel=Channel.OFFICIAL_ACCOUNT,
        target=media.openid or "",
        kind=kind,
        payload={"text": text},
        key=f"{kind}:{media.id}",
        priority=FAULT,
    )
    put(desk.session, [message], now=desk.now)
