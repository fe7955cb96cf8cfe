"""Switches of the simulated world: unruly deliveries, mode, clock, tokens, quotas, reset."""

import base64
import secrets
from typing import Any

import httpx
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from bot.simulator.control.common import body, fail, number
from bot.simulator.crypto import Envelope, signature
from bot.simulator.gateway import world
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.world import World
from bot.simulator.settings import BodyFormat, Mode

control = Blueprint("switches", __name__, url_prefix="/api")
VERIFY_SECONDS = 1.0  # WeCom's patience with an echostr
TOKEN_ENDS = {"expire", "replace", "forget"}


@control.get("/switches")
def read() -> ResponseReturnValue:
    sim = world()
    state = {"mode": sim.mode, "body_format": sim.body_format, "product_url": sim.product_url}
    return jsonify({**sim.memory.unruly.as_json(), **state})


@control.post("/switches")
def turn() -> ResponseReturnValue:
    """Set how many coming pushes are dropped, doubled, delayed …; `mode` and `product_url` too."""
    sim, data = world(), body()
    with sim.lock:
        try:
            if "mode" in data:
                sim.mode = Mode(data.pop("mode"))
            sim.body_format = BodyFormat(data.pop("body_format", sim.body_format))
            sim.product_url = str(data.pop("product_url", sim.product_url)).rstrip("/")
            sim.memory.unruly.set(**data)
        except ValueError as error:
            fail(422, f"没有这个开关或取值：{error}")
    return read()


@control.get("/clock")
def clock() -> ResponseReturnValue:
    sim = world()
    return jsonify({"now": sim.now(), "offset": sim.clock.offset, "stamp": sim.clock.stamp()})


@control.post("/clock")
def forward() -> ResponseReturnValue:
    """Let `forward` seconds pass on the platform; `callbacks: true` in what it pushes, too."""
    sim, data = world(), body()
    with sim.lock:
        callbacks = bool(data.get("callbacks", False))
        sim.clock.forward(number(data, "forward", 0), callbacks=callbacks)
    return clock()


@control.post("/tokens/<how>")
def spoil_tokens(how: str) -> ResponseReturnValue:
    """End every token: `expire` → 42001, `replace` → 40001, `forget` → 40014."""
    sim = world()
    if how not in TOKEN_ENDS:
        fail(422, "expire、replace 或 forget")
    with sim.lock:
        sim.tokens.spoil(sim.now(), how=how)
    return "", 204


@control.get("/quotas")
def quotas() -> ResponseReturnValue:
    sim = world()
    with sim.lock:
        return jsonify({"items": sim.memory.quotas.report(sim.now())})


@control.post("/quotas")
def limit() -> ResponseReturnValue:
    """Set the daily limit of API paths: `{"/cgi-bin/message/template/send": 3}`."""
    sim, data = world(), body()
    limits = {path.lstrip("/"): int(number(data, path, 0)) for path in data}
    with sim.lock:
        sim.memory.quotas.limits.update(limits)
    return quotas()


@control.post("/templates")
def templates() -> ResponseReturnValue:
    """Define a template (`template_id`, `title`, `content`); then only defined ones are known."""
    sim, data = world(), body()
    if not data.get("template_id"):
        fail(422, "缺 template_id")
    with sim.lock:
        sim.memory.templates[str(data["template_id"])] = {
            "title": str(data.get("title", "服务通知")),
            "content": str(data.get("content", "")),
        }
    return "", 204


@control.post("/media")
def media() -> ResponseReturnValue:
    """Store media for residents to send: `type`, `filename`, `mime`, `base64` (empty: a sample)."""
    sim, data = world(), body()
    kind = str(data.get("type", "image"))
    try:
        with sim.lock:
            if "base64" not in data:
                item = sim.memory.media.sample(kind, sim.now())
            else:
                content = base64.b64decode(str(data["base64"]))
                name, mime = str(data.get("filename", "media")), str(data.get("mime", ""))
                item = sim.memory.media.add(kind, name, mime, content, sim.now())
    except (Refusal, KeyError, ValueError) as error:
        fail(422, f"存不下：{error}")
    return jsonify({"media_id": item.media_id, "type": item.kind}), 201


@control.post("/settle")
def settle() -> ResponseReturnValue:
    """Wait until all postponed events are posted."""
    return jsonify({"settled": world().jobs.settle(number(body(), "timeout", 30))})


@control.post("/reset")
def reset() -> ResponseReturnValue:
    world().reset()
    return "", 204


def _verify(sim: World, path: str, envelope: Envelope | None) -> dict[str, Any]:
    timestamp, nonce = str(sim.clock.stamp()), secrets.token_hex(5)
    echo = secrets.token_hex(10)
    query = {"timestamp": timestamp, "nonce": nonce}
    if envelope is None:
        query |= {"echostr": echo}
        query["signature"] = signature(sim.config.wechat.token, timestamp, nonce)
    else:
        query |= {"echostr": envelope.seal(echo)}
        query["msg_signature"] = envelope.sign(timestamp, nonce, query["echostr"])
    try:
        response = sim.http.get(sim.product_url + path, params=query, timeout=VERIFY_SECONDS)
    except httpx.HTTPError as error:
        return {"status": None, "verified": False, "error": type(error).__name__}
    return {"status": response.status_code, "verified": response.text == echo}


@control.post("/verify")
def verify() -> ResponseReturnValue:
    """Do what the consoles do when a callback address is saved: GET it with an echostr."""
    sim = world()
    return jsonify(
        {
            "wechat": _verify(sim, "/wechat/callback", None),
            "wecom": _verify(sim, "/wecom/callback", sim.wecom_envelope),
            "aibot": _verify(sim, "/aibot/callback", sim.aibot_envelope),
        }
    )
