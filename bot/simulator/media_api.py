"""Temporary media of both platforms: upload and download."""

import base64
import hashlib
from typing import Any

from flask import Response

from bot.simulator.gateway import Answer, Call, Table, get, post
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.media import Media
from bot.simulator.parts.world import World

SMALLEST = 6  # the platforms want more than five bytes


def store(sim: World, call: Call, kinds: set[str]) -> Media:
    kind = call.query.get("type", "")
    if kind not in kinds:
        raise Refusal(40004)
    part = call.files.get("media")
    if part is None:
        raise Refusal(41005, "media data missing")
    content = part.read()
    if len(content) < SMALLEST:
        raise Refusal(40006, "invalid media size")
    name = part.filename or "media"
    return sim.memory.media.add(kind, name, part.mimetype, content, sim.now())


def wechat_upload(sim: World, call: Call) -> Answer:
    media = store(sim, call, {"image", "voice", "video", "thumb"})
    return {"type": media.kind, "media_id": media.media_id, "created_at": int(media.created_at)}


def wecom_upload(sim: World, call: Call) -> Answer:
    return described(store(sim, call, {"image", "voice", "video", "file"}))


def described(media: Media) -> dict[str, Any]:
    return {
        "errcode": 0,
        "errmsg": "ok",
        "type": media.kind,
        "media_id": media.media_id,
        "created_at": str(int(media.created_at)),
    }


def download(sim: World, call: Call) -> Answer:
    media = sim.memory.media.get(call.query.get("media_id", ""), sim.now())
    return served(media)


def served(media: Media) -> Response:
    response = Response(media.content, content_type=media.mime)
    response.headers["Content-Disposition"] = f'attachment; filename="{media.filename}"'
    return response


def upload_image(sim: World, call: Call) -> Answer:
    """WeCom's `uploadimg`: a lasting URL."""
    part = call.files.get("media")
    if part is None:
        raise Refusal(41005, "media data missing")
    media = sim.memory.media.add(
        "image", part.filename or "image", part.mimetype, part.read(), sim.now()
    )
    return {"errcode": 0, "errmsg": "ok", "url": f"{call.base}/media/{media.media_id}"}


def decode_image(part: dict[str, Any]) -> bytes:
    """Check a webhook's `image{base64,md5}`: at most 2 MB, md5 of the raw bytes."""
    try:
        content = base64.b64decode(str(part.get("base64", "")), validate=True)
    except ValueError as error:
        raise Refusal(40058) from error
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if not content or len(content) > 2 << 20 or md5 != part.get("md5"):
        raise Refusal(40058, "invalid image content or md5")
    return content


WECHAT: Table = {
    "cgi-bin/media/upload": post(wechat_upload),
    "cgi-bin/media/get": get(download),
}
WECOM: Table = {
    "cgi-bin/media/upload": post(wecom_upload),
    "cgi-bin/media/uploadimg": post(upload_image),
    "cgi-bin/media/get": get(download),
}
