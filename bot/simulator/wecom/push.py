"""Pushes of the WeCom application: always sealed, retried only where nobody answered."""

import secrets
from typing import Any

from bot.simulator import xml
from bot.simulator.courier import Attempt, Push, in_order, post_thrice, rounds, spoil, stamp
from bot.simulator.parts import cards
from bot.simulator.parts.cards import SentCard
from bot.simulator.parts.phones import member_chat
from bot.simulator.parts.world import World
from bot.simulator.wecom.replies import card_changes, read_reply

PATH = "/wecom/callback"
SPOKEN = {"text", "image", "voice", "video", "news"}


def build(sim: World, fields: dict[str, Any]) -> Push:
    timestamp, nonce, plain = stamp(sim), secrets.token_hex(5), xml.write(fields)
    envelope = sim.wecom_envelope
    encrypted = envelope.seal(plain)
    query = {
        "msg_signature": spoil(sim, envelope.sign(timestamp, nonce, encrypted)),
        "timestamp": timestamp,
        "nonce": nonce,
    }
    outer = {
        "ToUserName": fields["ToUserName"],
        "AgentID": str(sim.config.wecom.agent_id),
        "Encrypt": encrypted,
    }
    return Push(PATH, query, xml.write(outer), plain)


def common(sim: World, userid: str, kind: str) -> dict[str, Any]:
    return {
        "ToUserName": sim.config.wecom.corp_id,
        "FromUserName": userid,
        "CreateTime": sim.clock.stamp(),
        "MsgType": kind,
        "AgentID": sim.config.wecom.agent_id,
    }


def push_event(sim: World, userid: str, event: dict[str, Any]) -> list[Attempt]:
    fields = {**common(sim, userid, "event"), **event}
    return post_thrice(sim, lambda: build(sim, fields), retry_status=False)


def _apply(sim: World, userid: str, reply: dict[str, Any], card: SentCard | None) -> dict[str, Any]:
    kind = str(reply.get("MsgType", ""))
    if kind in SPOKEN:
        text = str(reply.get("Content") or f"[{kind}]")
        sim.memory.phones.show(
            member_chat(userid), "app", text, at=sim.now(), via="passive", kind=kind
        )
        return {"kind": kind, "text": text}
    changes = card_changes(reply)
    if card and changes:
        cards.replace(card, changes, sim.memory.phones.touch, {userid})
    return {"kind": kind, "text": changes.get("replace_name", ""), **changes}


def exchange(sim: World, fields: dict[str, Any], card: SentCard | None = None) -> dict[str, Any]:
    """Push what a member did; show the passive answer or change the pressed card."""
    userid = str(fields["FromUserName"])

    def work() -> dict[str, Any]:
        delivered = rounds(sim, lambda: build(sim, fields), retry_status=False)
        replies = [read_reply(sim, attempts[-1]) for attempts in delivered]
        first = next((reply for reply in replies if reply), None)
        with sim.lock:
            shown = _apply(sim, userid, first, card) if first else None
        return {
            "msg_id": fields.get("MsgId"),
            "attempts": [a.as_json() for attempts in delivered for a in attempts],
            "reply": shown,
            "replies": [(reply or {}).get("Content") for reply in replies],
            "dropped": not delivered,
        }

    return in_order(sim, work)
