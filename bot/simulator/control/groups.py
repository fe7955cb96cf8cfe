"""Control of groups: who writes in them, what they show, and owners' mass-message tasks."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from bot.simulator.control.common import after, body, fail, run
from bot.simulator.gateway import base, world
from bot.simulator.parts.groups import Group, GroupKind
from bot.simulator.parts.phones import group_chat
from bot.simulator.parts.world import World
from bot.simulator.wecom import aibot, customers
from bot.simulator.wecom.push import push_event

control = Blueprint("groups", __name__, url_prefix="/api")


def _group(sim: World, target: str) -> Group:
    with sim.lock:
        group = sim.memory.groups.get(target)
        if group is None and sim.config.open_world:
            group = sim.memory.groups.addressed(target, GroupKind.APPCHAT)
    if group is None:
        fail(404, f"没有这个群：{target}")
    return group


@control.get("/groups")
def listed() -> ResponseReturnValue:
    sim = world()
    with sim.lock:
        return jsonify({"items": [group.as_json() for group in sim.memory.groups.all()]})


@control.post("/groups")
def create() -> ResponseReturnValue:
    """Make a group: `kind` customer, webhook or appchat; `foreign` was not made by this app."""
    sim, data = world(), body()
    target, kind = str(data.get("target", "")), str(data.get("kind", "customer"))
    if not target or kind not in set(GroupKind):
        fail(422, "要有 target，kind 为 customer、webhook 或 appchat")
    owner = str(data.get("owner", ""))
    group = Group(target, GroupKind(kind), str(data.get("name") or target), owner)
    group.members = [str(userid) for userid in data.get("members", [owner] if owner else [])]
    group.foreign = bool(data.get("foreign", False))
    with sim.lock:
        return jsonify(sim.memory.groups.add(group).as_json()), 201


@control.delete("/groups/<target>")
def dissolve(target: str) -> ResponseReturnValue:
    """Dissolve the group, or take the robot out of it: its key answers 93000 from now on."""
    group = _group(world(), target)
    group.removed = True
    return jsonify(group.as_json())


@control.post("/groups/<target>/send")
def say(target: str) -> ResponseReturnValue:
    """Write in the group; only what mentions the bot (`mention`, true unless told) is pushed."""
    sim, data = world(), body()
    group, address = _group(sim, target), base()
    userid, content = str(data.get("userid", "")), str(data.get("content", ""))
    mention = bool(data.get("mention", True))
    allowed = group.kind is not GroupKind.CUSTOMER or sim.memory.unruly.aibot_in_customer_groups
    if mention and not allowed:
        fail(409, "智能机器人进不了客户群（只能在内部群里 @）")
    text = f"@{sim.config.aibot.name} {content}" if mention else content
    with sim.lock:
        sim.memory.phones.show(group_chat(target), userid, text, at=sim.now(), via="group member")
    if not mention:
        return jsonify({"pushed": False})
    fields = data.get("fields", {})

    def ask() -> dict[str, Any]:
        return aibot.ask(sim, target, userid, text, base=address, fields=fields)

    try:
        return run(sim, data, ask)
    except aibot.TooManyError:
        fail(429, "这位成员已有三条消息在等机器人回答")


@control.post("/groups/<target>/press")
def press(target: str) -> ResponseReturnValue:
    """Press a button of the group bot's card."""
    sim, data = world(), body()
    userid, key, address = str(data.get("userid", "")), str(data.get("key", "")), base()
    with sim.lock:
        shown = sim.memory.phones.chat(group_chat(target))
        bubbles = [b for b in shown if b.via == "aibot" and "card" in b.data]
    if not bubbles:
        fail(404, "群里没有机器人的卡片")
    return run(sim, data, lambda: aibot.press(sim, bubbles[-1], userid, key, base=address))


@control.get("/groups/<target>/messages")
def messages(target: str) -> ResponseReturnValue:
    sim = world()
    with sim.lock:
        bubbles = sim.memory.phones.chat(group_chat(target), after())
        return jsonify({"items": [bubble.as_json() for bubble in bubbles]})


@control.post("/groups/<target>/events")
def change(target: str) -> ResponseReturnValue:
    """Push change_external_chat: `change_type` create, update (`update_detail`) or dismiss."""
    sim, data = world(), body()
    group = _group(sim, target)
    before, group.member_version = group.member_version, group.member_version + 1
    event = {
        "Event": "change_external_chat",
        "ChatId": target,
        "ChangeType": str(data.get("change_type", "update")),
    }
    if event["ChangeType"] == "update":
        event["UpdateDetail"] = str(data.get("update_detail", "add_member"))
        event |= {"LastMemVer": str(before), "CurMemVer": str(group.member_version)}
    attempts = push_event(sim, "sys", event)
    return jsonify({"attempts": [attempt.as_json() for attempt in attempts]})


@control.get("/tasks")
def tasks() -> ResponseReturnValue:
    sim = world()
    with sim.lock:
        return jsonify({"items": [task.as_json() for task in sim.memory.tasks.all()]})


@control.post("/tasks/<msgid>/confirm")
def confirm(msgid: str) -> ResponseReturnValue:
    """The owner taps 发送 on a waiting mass message, for `chat_ids` only where they are named."""
    sim = world()
    with sim.lock:
        task = sim.memory.tasks.get(msgid)
        if task is None:
            fail(404, f"没有这个群发任务：{msgid}")
        if task.cancelled or task.confirmed_at is not None:
            fail(409, "这个群发任务已经发出或撤回")
        customers.confirm(sim, task, body().get("chat_ids"))
        return jsonify(task.as_json())
