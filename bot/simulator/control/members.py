"""Control of members of the company: what they write, which button they press."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from bot.simulator.control.common import after, body, fail, run
from bot.simulator.gateway import base, world
from bot.simulator.parts.people import Member
from bot.simulator.parts.phones import Bubble, member_chat
from bot.simulator.parts.world import World
from bot.simulator.wecom import aibot, inbound

control = Blueprint("members", __name__, url_prefix="/api/members")


def _member(sim: World, userid: str) -> Member:
    with sim.lock:
        member = sim.memory.members.addressed(userid)
    if member is None:
        fail(404, f"没有这位成员：{userid}")
    return member


@control.get("")
def listed() -> ResponseReturnValue:
    sim = world()
    with sim.lock:
        return jsonify({"items": [m.as_json() for m in sim.memory.members.all()]})


@control.post("")
def create() -> ResponseReturnValue:
    sim, data = world(), body()
    userid = str(data.get("userid", ""))
    if not userid:
        fail(422, "缺 userid")
    with sim.lock:
        member = Member(userid, str(data.get("name") or userid), str(data.get("mobile", "")))
        return jsonify(sim.memory.members.add(member).as_json()), 201


@control.delete("/<userid>")
def leave(userid: str) -> ResponseReturnValue:
    """Take a member out of the application's scope: sending there answers invaliduser."""
    sim = world()
    member = _member(sim, userid)
    member.active = False
    return jsonify(member.as_json())


@control.post("/<userid>/send")
def say(userid: str) -> ResponseReturnValue:
    """Write to the application, or (`to: "bot"`) to the group bot in a single chat."""
    sim, data = world(), body()
    member, address = _member(sim, userid), base()
    if data.get("event"):
        return run(sim, data, lambda: inbound.event(sim, member, data))
    if data.get("to") == "bot":
        content, fields = str(data.get("content", "")), data.get("fields", {})
        return run(
            sim, data, lambda: aibot.ask(sim, "", userid, content, base=address, fields=fields)
        )
    return run(sim, data, lambda: inbound.send(sim, member, data))


def _card(sim: World, userid: str, data: dict[str, Any]) -> Bubble:
    bubbles = [b for b in sim.memory.phones.chat(member_chat(userid)) if "card" in b.data]
    if wanted := data.get("bubble"):
        bubbles = [bubble for bubble in bubbles if bubble.id == wanted]
    elif task_id := data.get("task_id"):
        bubbles = [b for b in bubbles if b.data["card"].get("task_id") == task_id]
    if not bubbles:
        fail(404, "这部手机上没有这张卡片")
    return bubbles[-1]


@control.post("/<userid>/press")
def press(userid: str) -> ResponseReturnValue:
    """Press `key` on the card named by `bubble` or `task_id`, else on the newest one."""
    sim, data = world(), body()
    member, address = _member(sim, userid), base()
    with sim.lock:
        bubble = _card(sim, userid, data)
    key, chosen = str(data.get("key", "")), data.get("selected", {})
    if bubble.via == "aibot":
        return run(sim, data, lambda: aibot.press(sim, bubble, userid, key, base=address))
    return run(sim, data, lambda: inbound.press(sim, member, bubble, key, chosen))


@control.get("/<userid>/messages")
def messages(userid: str) -> ResponseReturnValue:
    sim = world()
    with sim.lock:
        bubbles = sim.memory.phones.chat(member_chat(userid), after())
        return jsonify({"items": [bubble.as_json() for bubble in bubbles]})
