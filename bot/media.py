"""Fetch what residents sent, strip what gives them away, keep it sealed."""

import io
import secrets
import struct
import zlib
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
import structlog
from PIL import Image, ImageOps, UnidentifiedImageError

from bot import media_store, voice
from bot.jobs import is_ending
from bot.parts import Parts
from handlers.desk import Desk
from handlers.dialogue.turn import Door
from handlers.tickets.models import Media
from notifier.errors import ChannelError

log = structlog.get_logger(__name__)

AT_ONCE = 20
LIFE = timedelta(days=3)  # the platforms keep media no longer (PLATFORMS.md 2.6)
MAX_PIXELS = 40_000_000
EDGE = 2048
THUMB = 320
# Only what phones send: other readers of the library run programs or are little tested.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
TYPES = {
    "image": {"image/jpeg", "image/png", "image/gif"},
    "voice": {"audio/amr", "audio/mpeg", "audio/mp3", "voice/speex", "application/octet-stream"},
    "video": {"video/mp4", "application/octet-stream"},
}


# What Pillow's readers stumble with over a damaged file, found by fuzzing; each would hold up all
# media behind it.
BROKEN = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    struct.error,
    zlib.error,
)


class UnusableMediaError(Exception):
    """What was fetched is not what it says, or too large."""


def fetch_waiting(parts: Parts) -> int:
    """Fetch the media that wait, each on its own; returns how many came."""
    with parts.database.reading() as session:
        # In no order, so that those which fail again and again keep no other from its turn.
        query = sa.select(Media.id).where(Media.state == "waiting").order_by(sa.func.random())
        waiting = list(session.scalars(query.limit(AT_ONCE)))
    return sum(_fetch(parts, number) for number in waiting if not is_ending())


def folder(parts: Parts) -> Path:
    return media_store.folder(parts.settings.data_dir)


def read(parts: Parts, media: Media, *, thumb: bool = False) -> bytes:
    """The bytes of a kept file; raises FileNotFoundError."""
    name = f"{media.path}.thumb" if thumb else media.path
    return media_store.read(parts.database, folder(parts), name)


def keep_picture(parts: Parts, content: bytes) -> tuple[str, int]:
    """Keep a picture that was handed in on a page; its name and size, or UnusableMediaError."""
    drawn = _scaled(content, EDGE)
    name = secrets.token_hex(16)
    _keep(parts, name, drawn)
    _keep(parts, f"{name}.thumb", _scaled(drawn, THUMB))
    return name, len(drawn)


def _fetch(parts: Parts, number: int) -> bool:
    with parts.database.reading() as session:
        media = session.get_one(Media, number)
    client = parts.wechat if media.platform == Door.OFFICIAL_ACCOUNT else parts.wecom
    if client is None:
        return _settle(parts, number, state="failed", error="this platform is not set up")
    try:
        got = client.media(media.media_id)
        content, kind = _checked(media.kind, got.content, got.mime)
    except UnusableMediaError as error:
        return _settle(parts, number, state="refused", error=str(error))
    except ChannelError as error:
        is_over = error.permanent or parts.clock.now() - media.received_at > LIFE
        return _settle(parts, number, state="failed" if is_over else "waiting", error=str(error))
    name = secrets.token_hex(16)
    _keep(parts, name, content)
    if media.kind == "image":
        _keep(parts, f"{name}.thumb", _scaled(content, THUMB))
    return _settle(parts, number, state="kept", path=name, content_type=kind, size=len(content))


def _checked(kind: str, content: bytes, content_type: str) -> tuple[bytes, str]:
    """An image is drawn anew, which drops EXIF and whatever was hidden behind it."""
    told = content_type.partition(";")[0].strip().lower()
    if kind != "image":
        if told not in TYPES[kind]:
            raise UnusableMediaError(f"a {kind} of type {told}")
        return content, told
    return _scaled(content, EDGE), "image/jpeg"


def _scaled(content: bytes, edge: int) -> bytes:
    """A JPEG no larger than `edge` pixels, without metadata; raises UnusableMediaError."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UnusableMediaError("an image of too many pixels")
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((edge, edge))
            out = io.BytesIO()
            upright.save(out, "JPEG", quality=85)
    except BROKEN as error:
        raise UnusableMediaError("not an image that can be read") from error
    return out.getvalue()


def _keep(parts: Parts, name: str, content: bytes) -> None:
    media_store.keep(parts.database, folder(parts), name, content)


def _settle(parts: Parts, number: int, **columns: object) -> bool:
    with parts.working() as desk:
        media = desk.session.get_one(Media, number, with_for_update=True)
        for name, value in columns.items():
            setattr(media, name, value)
        if media.kind == "voice" and media.openid and parts.tables.voice.is_heard:
            _have_heard(desk, media)
    return columns["state"] == "kept"


def _have_heard(desk: Desk, media: Media) -> None:
    """The resident was promised to be heard: he is, or he learns that he was not."""
    if media.state == "kept":
        voice.ask(desk, media)
    elif media.state != "waiting":
        voice.tell_unheard(desk, media)
