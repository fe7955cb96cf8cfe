"""Temporary media: three days, then gone."""

import base64
import secrets
from dataclasses import dataclass

from bot.simulator.parts.clock import DAY
from bot.simulator.parts.errors import Refusal

LIFETIME = 3 * DAY
SAMPLE_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SAMPLE_AMR = b"#!AMR\n" + b"\x3c" + bytes(31)
SAMPLE_MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(16)
SAMPLES = {
    "image": ("photo.png", "image/png", SAMPLE_PNG),
    "voice": ("voice.amr", "audio/amr", SAMPLE_AMR),
    "video": ("video.mp4", "video/mp4", SAMPLE_MP4),
    "thumb": ("thumb.png", "image/png", SAMPLE_PNG),
    "file": ("file.txt", "text/plain", b"simulated file"),
}
LIMITS = {
    "image": 10 << 20,
    "voice": 2 << 20,
    "video": 10 << 20,
    "thumb": 64 << 10,
    "file": 20 << 20,
}


@dataclass(frozen=True, slots=True)
class Media:
    media_id: str
    kind: str
    filename: str
    mime: str
    content: bytes
    created_at: float


class MediaStore:
    def __init__(self) -> None:
        self._items: dict[str, Media] = {}

    def add(self, kind: str, filename: str, mime: str, content: bytes, now: float) -> Media:
        if kind not in LIMITS:
            raise Refusal(40004)
        if not content or len(content) > LIMITS[kind]:
            raise Refusal(40006, "invalid media size")
        media = Media(secrets.token_urlsafe(32), kind, filename, mime, content, now)
        self._items[media.media_id] = media
        return media

    def sample(self, kind: str, now: float) -> Media:
        """Make up a picture, a voice or a video, for a resident who sends one."""
        return self.add(kind, *SAMPLES[kind], now)

    def get(self, media_id: str, now: float) -> Media:
        media = self._items.get(media_id)
        if media is None or now - media.created_at > LIFETIME:
            raise Refusal(40007)
        return media
