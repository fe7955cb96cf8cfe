"""Pushes of the Official Account in its three modes, and what becomes of the product's answer."""

import json
import secrets
from typing import Any

from bot.simulator import xml
from bot.simulator.courier import Attempt, Push, in_order, post_thrice, rounds, spoil, stamp
from bot.simulator.crypto import signature
from bot.simulator.parts.phones import Bubble, resident_chat
from bot.simulator.parts.world import World
from bot.simulator.settings import BodyFormat, Mode
from bot.simulator.wechat.replies import Reply, read_reply

PATH = "/wechat/callback"
FAULT_TEXT = "该公众号提供的服务出现故障，请稍后再试"


def build(sim: World, fields: dict[str, Any]) -> Push:
    """Sign (and seal) one push; the message keeps its MsgId, the signature is new each time."""
    timestamp, nonce = stamp(sim), secrets.token_hex(5)
    account, plain = sim.config.wechat, written(sim, fields)
    query = {
        "signature": spoil(sim, signature(account.token, timestamp, nonce)),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": str(fields["FromUserName"]),
    }
    mime = "application/json" if sim.body_format is BodyFormat.JSON else "text/xml"
    if sim.mode is Mode.PLAIN:
        return Push(PATH, query, plain, plain, mime)
    envelope = sim.wechat_envelope
    encrypted = envelope.seal(plain)
    query["encrypt_type"] = "aes"
    query["msg_signature"] = spoil(sim, envelope.sign(timestamp, nonce, encrypted))
    shown = fields if sim.mode is Mode.COMPATIBLE else {"ToUserName": fields["ToUserName"]}
    return Push(PATH, query, written(sim, {**shown, "Encrypt": encrypted}), plain, mime)


def written(sim: World, fields: dict[str, Any]) -> str:
    if sim.body_format is BodyFormat.JSON:
        return json.dumps(fields, ensure_ascii=False)
    return xml.write(fields)


def common(sim: World, openid: str, kind: str) -> dict[str, Any]:
    return {
        "ToUserName": sim.config.wechat.original_id,
        "FromUserName": openid,
        "CreateTime": sim.clock.stamp(),
        "MsgType": kind,
    }


def push_event(sim: World, openid: str, event: dict[str, Any]) -> list[Attempt]:
    """Post an event that nobody waits for; whatever the product answers is not shown."""
    fields = {**common(sim, openid, "event"), **event}
    return post_thrice(sim, lambda: build(sim, fields), retry_status=True)


def _show(sim: World, openid: str, reply: Reply) -> Bubble:
    with sim.lock:
        return sim.memory.phones.show(
            resident_chat(openid), "account", reply.text,
            at=sim.now(), via="passive", kind=reply.kind, data=reply.data,
        )  # fmt: skip


def _show_fault(sim: World, openid: str) -> None:
    with sim.lock:
        chat = resident_chat(openid)
        sim.memory.phones.show(chat, "system", FAULT_TEXT, at=sim.now(), via="platform")


def exchange(sim: World, fields: dict[str, Any]) -> dict[str, Any]:
    """Push what a resident did and show the passive answer, or the platform's fault text."""
    openid = str(fields["FromUserName"])
    sim.memory.last_pushes[openid] = fields

    def work() -> dict[str, Any]:
        delivered = rounds(sim, lambda: build(sim, fields), retry_status=True)
        replies = [read_reply(sim, openid, attempts[-1]) for attempts in delivered]
        answered = next((reply for reply in replies if reply and not reply.broken), None)
        broken = bool(delivered) and answered is None and None not in replies
        if answered:
            _show(sim, openid, answered)
        elif broken:
            _show_fault(sim, openid)
        return {
            "msg_id": fields.get("MsgId"),
            "create_time": fields["CreateTime"],
            "attempts": [a.as_json() for attempts in delivered for a in attempts],
            "reply": answered.as_json() if answered else None,
            "replies": [reply.as_json() if reply else None for reply in replies],
            "fault": broken,
            "why": next((reply.broken for reply in replies if reply and reply.broken), ""),
            "dropped": not delivered,
        }

    return in_order(sim, work)
