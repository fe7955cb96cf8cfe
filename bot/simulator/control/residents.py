"""Control of residents: new ones, what they send, what their phone shows."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from bot.simulator.control.common import after, body, fail, run
from bot.simulator.gateway import world
from bot.simulator.parts.people import Resident
from bot.simulator.parts.phones import resident_chat
from bot.simulator.parts.world import World
from bot.simulator.wechat.inbound import COMPOSERS, EVENTS, send
from bot.simulator.wechat.push import exchange, push_event
from bot.simulator.wechat.subscriptions import LONG_TERM

control = Blueprint("residents", __name__, url_prefix="/api/residents")


def _resident(sim: World, openid: str) -> Resident:
    with sim.lock:
        resident = sim.memory.residents.get(openid)
    if resident is None:
        fail(404, f"没有这位居民：{openid}")
    return resident


@control.get("")
def listed() -> ResponseReturnValue:
    sim = world()
    with sim.lock:
        return jsonify({"items": [r.as_json() for r in sim.memory.residents.all()]})


@control.post("")
def create() -> ResponseReturnValue:
    """`event: true` lets the resident follow the account before your eyes (`scene`: by QR code)."""
    sim, data = world(), body()
    with sim.lock:
        name, openid = str(data.get("name", "")), str(data.get("openid", ""))
        resident = sim.memory.residents.add(name, openid, now=sim.now())
        if "subscribed" in data:
            resident.subscribed = bool(data["subscribed"])
    answer: dict[str, Any] = resident.as_json()
    if data.get("event") or data.get("scene"):
        answer["exchange"] = send(sim, resident, {**data, "type": "subscribe"})
    return jsonify(answer), 201


@control.patch("/<openid>")
def change(openid: str) -> ResponseReturnValue:
    """Turn `blocks_templates` or `subscribed` without an event."""
    sim, data = world(), body()
    resident = _resident(sim, openid)
    with sim.lock:
        for name in {"blocks_templates", "subscribed"} & set(data):
            setattr(resident, name, bool(data[name]))
    return jsonify(resident.as_json())


@control.post("/<openid>/send")
def say(openid: str) -> ResponseReturnValue:
    """Send as this resident: `type` text, image, voice, …, or an event such as CLICK or SCAN."""
    sim, data = world(), body()
    resident = _resident(sim, openid)
    if data.get("type", "text") not in {*COMPOSERS, *EVENTS}:
        fail(422, "type 应为 " + "、".join([*COMPOSERS, *sorted(EVENTS)]))
    return run(sim, data, lambda: send(sim, resident, data))


@control.post("/<openid>/resend")
def resend(openid: str) -> ResponseReturnValue:
    """Push the last message or event again, same MsgId and CreateTime, as a late redelivery."""
    sim = world()
    fields = sim.memory.last_pushes.get(_resident(sim, openid).openid)
    if fields is None:
        fail(409, "这位居民还没发过消息")
    return run(sim, body(), lambda: exchange(sim, fields))


@control.post("/<openid>/subscriptions")
def subscribe_notice(openid: str) -> ResponseReturnValue:
    """Answer a subscription popup: `accept` true adds one message, `long_term` any number."""
    sim, data = world(), body()
    resident = _resident(sim, openid)
    template_id, accepted = str(data.get("template_id", "")), bool(data.get("accept", True))
    with sim.lock:
        if accepted:
            many = LONG_TERM if data.get("long_term") else 1
            resident.subscriptions[template_id] += many
    told = {
        "TemplateId": template_id,
        "SubscribeStatusString": "accept" if accepted else "reject",
        "PopupScene": 2,
    }
    event = {"Event": "subscribe_msg_popup_event", "SubscribeMsgPopupEvent": {"List": told}}
    attempts = push_event(sim, openid, event)
    return jsonify({"attempts": [attempt.as_json() for attempt in attempts]})


@control.get("/<openid>/messages")
def messages(openid: str) -> ResponseReturnValue:
    sim = world()
    with sim.lock:
        bubbles = sim.memory.phones.chat(resident_chat(openid), after())
        return jsonify({"items": [bubble.as_json() for bubble in bubbles]})
